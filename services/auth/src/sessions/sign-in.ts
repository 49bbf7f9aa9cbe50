import { transaction } from '@kontora/postgres'
import { rememberAddress } from '../addresses/remember-address.ts'
import { type CodeTry, refusedCode, tryCode, useFlow } from '../codes/try-code.ts'
import { type Device, rememberDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { openSession, refuseBlocked } from './open-session.ts'
import type { Session } from './session.ts'
import { userOfFlow } from './user-of-flow.ts'

export const signIn = async (
  resources: Resources,
  { agentHash, device, network }: { agentHash: string; device: Device; network?: string | undefined },
  wanted: CodeTry,
): Promise<SignedIn> => {
  const flow = await tryCode(resources, wanted, { device, network })
  if (flow.sessionId !== null)
    return giveTokens(resources, await openedBefore(resources, flow.sessionId, agentHash))
  const userId = await userOfFlow(resources, flow)
  await refuseBlocked(resources, userId, refusedCode())
  const session = await transaction(resources.sql, async (tx) => {
    const { addressHash } = flow
    await rememberAddress(tx, { addressHash, userId, confirmedAt: resources.now() })
    await rememberDevice(tx, { deviceHash: device.hash, addressHash, userId, seenAt: resources.now() })
    const opened = await openSession(
      { ...resources, sql: tx },
      { userId, method: 'email-code', deviceHash: agentHash },
    )
    await useFlow(tx, flow.id, { sessionId: opened.id, usedAt: resources.now() })
    return opened
  })
  return giveTokens(resources, session)
}

/** Sign-in is idempotent by its flow: the same device gets the same session again, as long as nobody has refreshed it. */
const openedBefore = async (
  { sql, now }: Resources,
  sessionId: string,
  deviceHash: string,
): Promise<Session> => {
  const [session] = await sql<Session[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by from sessions
    where id = ${sessionId} and device_hash = ${deviceHash} and generation = 1
      and ended_at is null and expires_at > ${now()}`
  if (!session) throw refusedCode()
  return session
}
