import { type Transaction, transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { queueCompletion, sealCompletion } from '../sber-id/tell-completed.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import { linkSubjects } from './identity.ts'
import { type Person, type Provider, tryAgain } from './provider.ts'
import type { LinkTo } from './provider-login.ts'

export type Linked = { state: 'linked' }

/** He proved himself minutes ago and then at the provider, in one browser; in between neither his session nor he may have been ended. */
export const linkToSignedIn = async (
  resources: Resources,
  provider: Provider,
  { subjects, completion }: Person,
  { userId, sessionId }: LinkTo,
): Promise<Linked> => {
  await refuseBlocked(resources, userId, tryAgain(provider))
  const sealed = await sealCompletion(resources, completion)
  await transaction(resources.sql, async (tx) => {
    await holdSession(tx, resources, provider, { userId, sessionId })
    await linkSubjects(tx, resources, provider, userId, subjects)
    if (sealed) await queueCompletion(tx, resources, sealed)
  })
  return { state: 'linked' }
}

const holdSession = async (
  tx: Transaction,
  { now }: Resources,
  provider: Provider,
  { userId, sessionId }: LinkTo,
): Promise<void> => {
  const live = await tx`
    select id from sessions
    where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${now()} for update`
  if (live.length === 0) throw tryAgain(provider)
}
