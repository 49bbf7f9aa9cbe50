import { authRefreshReused, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashesOf } from '../sessions/agent.ts'
import { endSession } from '../sessions/end-session.ts'
import { isOver } from '../sessions/live-session.ts'
import { judgeRefresh, type Session } from '../sessions/session.ts'
import { isOfCaller } from './calling-client.ts'
import { type Family, lockFamily, stepFamily } from './family.ts'
import { giveTokens, type SignedIn } from './give-tokens.ts'
import { OAuthRefusal } from './oauth-refusal.ts'
import { type RefreshToken, readRefreshToken } from './refresh-token.ts'

/** `clientId`: who has proven or named himself, if anyone has. */
type Refresher = Caller & { clientId?: string | undefined }

const refused = () => new OAuthRefusal('invalid_grant', 'The refresh token is not valid')

/** Rotation. What is refused for reuse ends the family, and that is committed before the refusal. */
export const refreshSession = async (
  resources: Resources,
  caller: Refresher,
  refreshToken: string,
): Promise<SignedIn> => {
  const token = await readRefreshToken(resources.pepper, refreshToken)
  if (!token) throw refused()
  const session = await transaction(resources.sql, (tx) => rotate(tx, resources, token, caller))
  if (!session) throw refused()
  // A block is refused here at once, also before `end-sessions-of-blocked` has ended the family.
  if (await isOver(resources, session)) throw refused()
  return giveTokens(resources, session)
}

const rotate = async (
  tx: Transaction,
  resources: Resources,
  { familyId, generation }: RefreshToken,
  caller: Refresher,
): Promise<Session | undefined> => {
  const time = resources.now()
  const family = await lockFamily(tx, familyId)
  if (!family || !mayRefresh(resources, family, caller.clientId)) return undefined
  const deviceHashes = await agentHashesOf(resources, caller)
  const verdict = judgeRefresh(family, { generation, deviceHashes }, time)
  if (verdict === 'over') return undefined
  if (verdict === 'again') return family
  if (verdict === 'reused') return endReused(tx, resources, family)
  const next = generation + 1
  await stepFamily(tx, resources, family, { ...caller, generation: next })
  return { ...family, generation: next }
}

/** An application that was taken off the list refreshes no more; somebody else's token does nothing, and harms nobody. */
const mayRefresh = (resources: Resources, family: Family, caller: string | undefined): boolean =>
  isOfCaller(resources, family.clientId, caller) &&
  (family.familyId === undefined || resources.browserClients.has(family.clientId))

const endReused = async (
  tx: Transaction,
  resources: Resources,
  { id: sessionId, userId }: Family,
): Promise<undefined> => {
  const occurrence = { id: resources.newId(), subject: sessionId, time: resources.now() }
  await emit(tx, authRefreshReused, occurrence, { userId, sessionId })
  await endSession({ ...resources, sql: tx }, sessionId)
}
