import type { Sql } from '@kontora/postgres'
import { leaseMs } from './lease.ts'

/** Says that this relay lives, and answers who does. */
export const registerRelay = async (sql: Sql, holder: string, now: Date): Promise<string[]> => {
  const expiresAt = new Date(now.getTime() + leaseMs)
  await sql`
    insert into relays ${sql({ holder, expiresAt })} on conflict (holder) do update set expires_at = ${expiresAt}`
  await sql`delete from relays where expires_at <= ${now}`
  return livingRelays(sql, now)
}

export const livingRelays = async (sql: Sql, now: Date): Promise<string[]> => {
  const rows = await sql<
    { holder: string }[]
  >`select holder from relays where expires_at > ${now} order by holder`
  return rows.map(({ holder }) => holder)
}

export const forgetRelay = async (sql: Sql, holder: string): Promise<void> => {
  await sql`delete from relays where holder = ${holder}`
}
