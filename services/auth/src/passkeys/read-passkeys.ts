import type { Sql } from '@kontora/postgres'
import type { KnownCredential } from './options.ts'

/** Of one person; without any he proves himself by a code. */
export const credentialsOf = (sql: Sql, userId: string): Promise<KnownCredential[]> =>
  sql<KnownCredential[]>`
    select credential_id, transports from passkeys where user_id = ${userId} order by id`
