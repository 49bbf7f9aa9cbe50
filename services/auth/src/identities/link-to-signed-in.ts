import { type Transaction, transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { SberId, SberPerson } from '../sber-id/client.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import { tryAgain } from './identify.ts'
import { linkSubjects } from './identity.ts'
import type { LinkTo } from './sber-login.ts'
import { queueCompletion, sealCompletion } from './tell-completed.ts'

export type Linked = { state: 'linked' }

/** He proved himself minutes ago and then at Сбер ID, in one browser; in between neither his session nor he may have been ended. */
export const linkToSignedIn = async (
  resources: Resources,
  sberId: SberId,
  { subjects, completion }: SberPerson,
  { userId, sessionId }: LinkTo,
): Promise<Linked> => {
  await refuseBlocked(resources, userId, tryAgain())
  const sealed = await sealCompletion(resources, completion)
  await transaction(resources.sql, async (tx) => {
    await holdSession(tx, resources, { userId, sessionId })
    await linkSubjects(tx, resources, userId, subjects)
    if (sberId.tellsCompleted) await queueCompletion(tx, resources, sealed)
  })
  return { state: 'linked' }
}

const holdSession = async (
  tx: Transaction,
  { now }: Resources,
  { userId, sessionId }: LinkTo,
): Promise<void> => {
  const live = await tx`
    select id from sessions
    where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${now()} for update`
  if (live.length === 0) throw tryAgain()
}
