import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { endSessionsOf } from '../sessions/end-session.ts'
import { forgetAddresses } from './forget-addresses.ts'

/** Nobody is left to sign in: sessions end, and what would recognise him goes. */
export const forgetUser = (resources: Resources, userId: string): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await endSessionsOf({ ...resources, sql: tx }, userId)
    await tx`delete from identities where user_id = ${userId}`
    await tx`delete from passkeys where user_id = ${userId}`
    await tx`delete from recovery_codes where user_id = ${userId}`
    await tx`delete from provider_logins where user_id = ${userId}`
    await tx`delete from identity_disputes where user_ids @> ${tx.json([userId])}`
    await forgetAddresses(tx, userId, resources.now())
  })
