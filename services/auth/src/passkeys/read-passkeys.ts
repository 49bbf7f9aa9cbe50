import type { Sql } from '@kontora/postgres'
import type { KnownCredential } from './options.ts'

export type ListedPasskey = {
  id: string
  name: string
  addedAt: Date
  usedAt: Date | null
  backedUp: boolean
}

/** In the order of their adding. */
export const readPasskeys = (sql: Sql, userId: string): Promise<ListedPasskey[]> =>
  sql<ListedPasskey[]>`
    select id, name, added_at, used_at, backed_up from passkeys where user_id = ${userId} order by id`

/** Of one person; without any he proves himself by a code. */
export const credentialsOf = (sql: Sql, userId: string): Promise<KnownCredential[]> =>
  sql<KnownCredential[]>`
    select credential_id, transports from passkeys where user_id = ${userId} order by id`
