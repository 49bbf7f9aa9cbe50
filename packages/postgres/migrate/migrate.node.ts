import type { Pool, Sql } from '../connect.ts'
import { isLockTimeout } from '../errors.ts'
import { type MigrationFile, readMigrations } from './read-migrations.node.ts'

const lockKey = 7_204_811

const makeTable = (sql: Sql) => sql`
  create table if not exists migrations (
    source text not null,
    name text not null,
    hash text not null,
    applied_at timestamptz not null,
    primary key (source, name)
  )`

const appliedHashes = async (sql: Sql): Promise<Map<string, string>> => {
  const rows = await sql<
    { source: string; name: string; hash: string }[]
  >`select source, name, hash from migrations`
  return new Map(rows.map(({ source, name, hash }) => [`${source}/${name}`, hash]))
}

const notYet = (files: MigrationFile[], applied: Map<string, string>): MigrationFile[] =>
  files.filter(({ source, name, hash }) => {
    const known = applied.get(`${source}/${name}`)
    if (known !== undefined && known !== hash)
      throw new Error(`Migration ${source}/${name} was changed after it had been applied`)
    return known === undefined
  })

/** What `migrate` would apply; for the ready check's "migrations are current". */
export const pendingMigrations = async (sql: Sql, folders: URL[]): Promise<MigrationFile[]> => {
  const files = await readMigrations(folders)
  const [table] = await sql<{ name: string | null }[]>`select to_regclass('migrations')::text as name`
  return table?.name ? notYet(files, await appliedHashes(sql)) : files
}

const apply = async (sql: Sql, file: MigrationFile): Promise<void> => {
  const record = { source: file.source, name: file.name, hash: file.hash, appliedAt: new Date() }
  if (file.inTransaction && 'begin' in sql) {
    await sql.begin(async (tx) => {
      await tx`set local lock_timeout = '2s'`
      await tx.unsafe(file.text)
      await tx`insert into migrations ${tx({ source: record.source, name: record.name, hash: record.hash, applied_at: record.appliedAt })}`
    })
    return
  }
  await sql.unsafe(file.text)
  const [invalid] = await sql<{ name: string }[]>`
    select indexrelid::regclass::text as name from pg_index where not indisvalid limit 1`
  if (invalid) throw new Error(`Migration ${file.source}/${file.name} left the invalid index ${invalid.name}`)
  await sql`insert into migrations (source, name, hash, applied_at)
    values (${record.source}, ${record.name}, ${record.hash}, ${record.appliedAt})`
}

/** A waiting `alter table` blocks all who come after it, so it gives up soon and tries again. */
const applyPatiently = async (sql: Sql, file: MigrationFile, tries = 10): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await apply(sql, file)
    } catch (error) {
      if (!isLockTimeout(error) || attempt === tries) throw error
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt))
    }
  }
}

/** Applies what is missing, as the owner, one process at a time; answers with what was applied. */
export const migrate = async (ownerSql: Pool, folders: URL[]): Promise<MigrationFile[]> => {
  const files = await readMigrations(folders)
  // postgres.js 3.4.9 hangs in reserve() on a pool that has no connection yet.
  await ownerSql`select 1`
  const lock = await ownerSql.reserve()
  try {
    await lock`select pg_advisory_lock(${lockKey})`
    await makeTable(lock)
    const missing = notYet(files, await appliedHashes(lock))
    for (const file of missing) await applyPatiently(ownerSql, file)
    return missing
  } finally {
    await lock`select pg_advisory_unlock(${lockKey})`.catch(() => {})
    lock.release()
  }
}
