import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Caller } from '../budgets/caller.ts'
import { type CodeTry, type OpenFlow, tryCode, useFlow } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Prover, proveSession } from './prove-session.ts'
import { refusedProof } from './refused-proof.ts'
import { refuseDowngrade } from './ways.ts'

/** A code that was asked for by this session, for the same person. */
export const proveByCode = async (
  resources: Resources,
  prover: Prover & Caller,
  wanted: CodeTry,
): Promise<Session> => {
  const { userId, sessionId } = prover
  const refused = refusedProof(resources, 'This code is not valid')
  const flow = await tryCode(resources, wanted, prover, sessionId).catch((error: unknown) => {
    throw error instanceof Problem && error.code === 'not-signed-in' ? refused : error
  })
  if (flow.userId !== userId) throw refused
  await refuseBlocked(resources, userId, refused)
  if (flow.sessionId !== null) return provenBefore(resources, prover, flow, refused)
  return transaction(resources.sql, async (tx) => {
    await refuseDowngrade(tx, userId)
    await useFlow(tx, flow.id, { sessionId, usedAt: resources.now() })
    return proveSession({ ...resources, sql: tx }, prover, 'code')
  })
}

/** The answer was lost: the same device gets the same tokens again, as long as nobody has refreshed them. */
const provenBefore = async (
  { sql, now }: Resources,
  { sessionId, deviceHash }: Prover,
  flow: OpenFlow,
  refused: Problem,
): Promise<Session> => {
  const [session] = await sql<Session[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by from sessions
    where id = ${sessionId} and device_hash = ${deviceHash} and ended_at is null and expires_at > ${now()}
      and rotated_at = (select used_at from flows where id = ${flow.id})`
  if (!session) throw refused
  return session
}
