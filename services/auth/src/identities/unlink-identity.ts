import type { User } from '@kontora/access'
import { authIdentityUnlinked, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type Device, forgetOtherDevices } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { endSession } from '../sessions/end-session.ts'
import { providersOf } from './provider.ts'

/** Whoever unlinks may do so because a stranger holds that account: sessions that it opened elsewhere end with it. */
export const unlinkIdentity = (
  resources: Resources,
  { user, device }: { user: User; device: Device | undefined },
  provider: string,
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const gone = await tx`
      delete from identities where provider = ${provider} and user_id = ${user.id} returning subject`
    if (gone.length === 0) throw new Problem('not-found', 'No such identity')
    await holdOtherMethod(tx, user.id)
    await tx`delete from provider_logins where user_id = ${user.id} and provider = ${provider}`
    for (const sessionId of await otherSessions(tx, user, provider))
      await endSession({ sql: tx, now, newId }, sessionId)
    await forgetOtherDevices(tx, user.id, device)
    const occurrence = { id: newId(), subject: user.id, time: now() }
    const label = providersOf(resources).find(({ name }) => name === provider)?.label
    await emit(tx, authIdentityUnlinked, occurrence, { userId: user.id, provider, ...(label && { label }) })
  })

/** A code to an address that was confirmed here is what remains. Held, so that it does not go at the same moment. */
const holdOtherMethod = async (tx: Transaction, userId: string): Promise<void> => {
  const addresses = await tx`select address_hash from known_addresses where user_id = ${userId} for share`
  if (addresses.length === 0)
    throw new Problem('conflict', 'This is the last way to sign in: confirm an address first')
}

const otherSessions = async (tx: Transaction, user: User, provider: string): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select id from sessions
    where user_id = ${user.id} and method = ${provider} and ended_at is null
      and id <> ${user.sessionId ?? null}`
  return rows.map(({ id }) => id)
}
