import { authSignedIn, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import type { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { type Session, type SignInMethod, sessionMs } from './session.ts'

type Opening = { userId: string; method: SignInMethod; deviceHash: string }

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
export const openSession = (
  { sql, now, newId }: Pick<Resources, 'now' | 'newId'> & { sql: Transaction },
  { userId, method, deviceHash }: Opening,
): Promise<Session> =>
  transaction(sql, async (tx) => {
    const time = now()
    const session: Session = {
      id: newId(),
      userId,
      method,
      clientId: 'portal',
      generation: 1,
      signedInAt: time,
      ...(method === 'passkey' ? { provenAt: time, provenBy: method } : { provenAt: null, provenBy: null }),
    }
    const expiresAt = new Date(time.getTime() + sessionMs)
    await tx`insert into sessions ${tx({ ...session, deviceHash, rotatedAt: time, expiresAt })}`
    const occurrence = { id: newId(), subject: session.id, time }
    await emit(tx, authSignedIn, occurrence, { userId, sessionId: session.id, method })
    return session
  })
