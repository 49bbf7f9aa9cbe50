import { transaction } from '@kontora/postgres'
import { isRefusedCode, refusedCode } from '../codes/refused-code.ts'
import { type CodeTry, giveBack, type OpenFlow, useFlow, withCode } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'
import { agentHashesOf } from '../sessions/agent.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Prover, proveSession } from './prove-session.ts'
import { refusedProof } from './refused-proof.ts'
import { refuseDowngrade } from './ways.ts'

/** A code that was asked for by this session, for the same person. */
export const proveByCode = (resources: Resources, prover: Prover, wanted: CodeTry): Promise<Session> =>
  withCode(resources, { ...wanted, provesSessionId: prover.sessionId }, prover.caller, async (flow) => {
    const { userId } = prover
    if (flow.userId !== userId) throw refusedCode(flow.rateLimits)
    await refuseBlocked(resources, userId, refusedCode(flow.rateLimits))
    return flow.sessionId === null ? prove(resources, prover, flow) : provenBefore(resources, prover, flow)
  }).catch((error: unknown) => {
    throw isRefusedCode(error) ? refusedProof(resources, error.message, error.details.rateLimits) : error
  })

const prove = (resources: Resources, prover: Prover, flow: OpenFlow): Promise<Session> =>
  transaction(resources.sql, async (tx) => {
    const own = { ...resources, sql: tx }
    await refuseDowngrade(tx, prover.userId)
    await useFlow(own, flow, prover.sessionId)
    return proveSession(own, prover, 'code')
  })

/** The answer was lost: the same device gets the same tokens again, as long as nobody has refreshed them. */
const provenBefore = async (
  resources: Resources,
  { sessionId, caller }: Prover,
  flow: OpenFlow,
): Promise<Session> => {
  const { sql, now } = resources
  const [session] = await sql<Session[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by from sessions
    where id = ${sessionId} and device_hash in ${sql(await agentHashesOf(resources, caller))}
      and ended_at is null and expires_at > ${now()}
      and rotated_at = (select used_at from flows where id = ${flow.id})`
  if (!session) throw refusedCode(flow.rateLimits)
  await giveBack(resources, flow)
  return session
}
