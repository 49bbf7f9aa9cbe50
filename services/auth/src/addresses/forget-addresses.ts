import { type Sql, transaction } from '@kontora/postgres'

/** What was confirmed after the change is the new address already. */
export const forgetAddresses = (sql: Sql, userId: string, changedAt: Date): Promise<void> =>
  transaction(sql, async (tx) => {
    await tx`delete from known_addresses where user_id = ${userId} and confirmed_at <= ${changedAt}`
    await tx`delete from known_devices where user_id = ${userId} and seen_at <= ${changedAt}`
    await tx`
      update flows set state = 'ended', address_sealed = null
      where user_id = ${userId} and state = 'sent' and begun_at <= ${changedAt}`
  })
