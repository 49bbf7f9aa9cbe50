import { authSignedIn, emit } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { Problem } from '@kontora/service'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashOf } from './agent.ts'
import { closeSeen } from './seen.ts'
import { type Session, type SignInMethod, sessionMs } from './session.ts'

type Opening = { userId: string; method: SignInMethod; caller: Caller }
type Kept = { deviceHash: string; seenSealed: string; rotatedAt: Date; expiresAt: Date }
type Prepared = { session: Session; kept: Kept }

/** Asked by every way that can end in a token, before its transaction: the answer may be a query of its own. */
export const refuseBlocked = async (
  { access }: Pick<Resources, 'access'>,
  userId: string,
  refusal: Problem,
): Promise<void> => {
  const { blocked } = await access.standing(userId, undefined)
  if (blocked) throw refusal
}

/** What a session will be, before the transaction that opens it: nothing is hashed or sealed while that holds its locks. */
export const prepareSession = async (
  resources: Pick<Resources, 'now' | 'newId' | 'pepper' | 'seal'>,
  { userId, method, caller }: Opening,
): Promise<Prepared> => {
  const time = resources.now()
  const session: Session = {
    id: resources.newId(),
    userId,
    method,
    clientId: 'portal',
    generation: 1,
    signedInAt: time,
    ...(method === 'passkey' ? { provenAt: time, provenBy: method } : { provenAt: null, provenBy: null }),
  }
  const kept = {
    deviceHash: await agentHashOf(resources, caller),
    seenSealed: await closeSeen(resources, caller),
    rotatedAt: time,
    expiresAt: new Date(time.getTime() + sessionMs),
  }
  return { session, kept }
}

/** One session is one family of refresh tokens. Whoever calls it has proven the person and called `refuseBlocked`. */
export const openSession = async (
  { sql: tx, newId }: { sql: Transaction } & Pick<Resources, 'newId'>,
  { session, kept }: Prepared,
): Promise<Session> => {
  const { id, userId, method, signedInAt } = session
  const occurrence = { id: newId(), subject: id, time: signedInAt }
  await Promise.all([
    tx`insert into sessions ${tx({ ...session, ...kept })}`,
    emit(tx, authSignedIn, occurrence, { userId, sessionId: id, method }),
  ])
  return session
}
