import { authSignedIn, emit } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { Problem } from '@kontora/service'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashOf } from './agent.ts'
import { closeSeen } from './seen.ts'
import { type Session, type SignInMethod, sessionMs } from './session.ts'

/** `id`, where the caller must know it before. */
type Opening = { id?: string; userId: string; method: SignInMethod; caller: Caller }
type Opener = Pick<Resources, 'now' | 'newId' | 'pepper' | 'seal'> & { sql: Transaction }

/** Asked by every way that can end in a token, before its transaction: the answer may be a query of its own. */
export const refuseBlocked = async (
  { access }: Pick<Resources, 'access'>,
  userId: string,
  refusal: Problem,
): Promise<void> => {
  const { blocked } = await access.standing(userId, undefined)
  if (blocked) throw refusal
}

/** One session is one family of refresh tokens. Whoever calls it has proven the person and called `refuseBlocked`. */
export const openSession = async (
  resources: Opener,
  { id = resources.newId(), userId, method, caller }: Opening,
): Promise<Session> => {
  const { sql: tx, now, newId } = resources
  const time = now()
  const session: Session = {
    id,
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
  const occurrence = { id: newId(), subject: session.id, time }
  await Promise.all([
    tx`insert into sessions ${tx({ ...session, ...kept })}`,
    emit(tx, authSignedIn, occurrence, { userId, sessionId: session.id, method }),
  ])
  return session
}
