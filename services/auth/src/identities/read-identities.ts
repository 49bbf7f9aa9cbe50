import type { Sql } from '@kontora/postgres'

/** By whom else a person may sign in. */
export const identitiesOf = (sql: Sql, userId: string): Promise<{ provider: string; linkedAt: Date }[]> =>
  sql<{ provider: string; linkedAt: Date }[]>`
    select provider, min(linked_at) as linked_at from identities
    where user_id = ${userId} group by provider order by provider`
