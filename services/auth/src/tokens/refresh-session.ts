import { authRefreshReused, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashesOf, agentHashOf } from '../sessions/agent.ts'
import { endSession } from '../sessions/end-session.ts'
import { closeSeen } from '../sessions/seen.ts'
import { judgeRefresh, type RefreshStanding, type Session } from '../sessions/session.ts'
import { giveTokens, type SignedIn } from './give-tokens.ts'
import { OAuthRefusal } from './oauth-refusal.ts'
import { type RefreshToken, readRefreshToken } from './refresh-token.ts'

type Family = Session & RefreshStanding

const refused = () => new OAuthRefusal('invalid_grant', 'The refresh token is not valid')

/** Rotation. What is refused for reuse ends the family, and that is committed before the refusal. */
export const refreshSession = async (
  resources: Resources,
  caller: Caller,
  refreshToken: string,
): Promise<SignedIn> => {
  const token = await readRefreshToken(resources.pepper, refreshToken)
  if (!token) throw refused()
  const session = await transaction(resources.sql, (tx) => rotate(tx, resources, token, caller))
  if (!session) throw refused()
  await refuseEnded(resources, session)
  return giveTokens(resources, session)
}

/** Fifty at once: the first one under the row's lock rotates, the others get what it got. */
const rotate = async (
  tx: Transaction,
  resources: Resources,
  { sessionId, generation }: RefreshToken,
  caller: Caller,
): Promise<Session | undefined> => {
  const { now, newId } = resources
  const [family] = await tx<Family[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by,
      device_hash, rotated_at, expires_at, ended_at
    from sessions where id = ${sessionId} for update`
  const time = now()
  const deviceHashes = await agentHashesOf(resources, caller)
  const verdict = family ? judgeRefresh(family, { generation, deviceHashes }, time) : 'over'
  if (!family || verdict === 'over') return undefined
  if (verdict === 'again') return family
  if (verdict === 'rotate') {
    const next = generation + 1
    const deviceHash = await agentHashOf(resources, caller)
    await tx`
      update sessions set generation = ${next}, device_hash = ${deviceHash}, rotated_at = ${time},
        seen_sealed = ${await closeSeen(resources, caller)}
      where id = ${sessionId} and generation = ${generation}`
    return { ...family, generation: next }
  }
  const { userId } = family
  await emit(tx, authRefreshReused, { id: newId(), subject: sessionId, time }, { userId, sessionId })
  await endSession({ ...resources, sql: tx }, sessionId)
  return undefined
}

/** A block is refused here at once, also before `end-sessions-of-blocked` has ended the family. */
const refuseEnded = async ({ access }: Resources, { id, userId, signedInAt }: Session): Promise<void> => {
  const { blocked, tokensNotBefore, sessionRevoked } = await access.standing(userId, id)
  if (blocked || sessionRevoked || (tokensNotBefore && signedInAt < tokensNotBefore)) throw refused()
}
