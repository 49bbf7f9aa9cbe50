import type { Sql } from '@kontora/postgres'

type Withdrawn = { keyId: string; withdrawnAt: Date }

/** Never forgotten: whoever stole the key can sign with it for ever, and such rows are few. */
export const keepWithdrawnKey = async (sql: Sql, withdrawn: Withdrawn): Promise<void> => {
  await sql`insert into access_withdrawn_keys ${sql(withdrawn)} on conflict (key_id) do nothing`
}

export const readWithdrawnKeys = async (sql: Sql): Promise<Set<string>> => {
  const rows = await sql<{ keyId: string }[]>`select key_id from access_withdrawn_keys`
  return new Set(rows.map(({ keyId }) => keyId))
}

export const isWithdrawnInTable =
  (sql: Sql) =>
  async (keyId: string): Promise<boolean> =>
    (await sql`select key_id from access_withdrawn_keys where key_id = ${keyId}`).length > 0
