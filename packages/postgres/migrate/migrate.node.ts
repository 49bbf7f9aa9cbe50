import type { Pool, Sql } from '../connect.ts'
import { isLockTimeout } from '../errors.ts'
import { type Migration, type MigrationFile, readMigrations } from './read-migrations.node.ts'

const lockKey = 7_204_811

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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
export const pendingMigrations = async (sql: Sql, migrations: Migration[]): Promise<MigrationFile[]> => {
  const files = await readMigrations(migrations)
  const [table] = await sql<{ name: string | null }[]>`select to_regclass('migrations')::text as name`
  return table?.name ? notYet(files, await appliedHashes(sql)) : files
}

const record = (sql: Sql, { source, name, hash }: MigrationFile) => sql`
  insert into migrations (source, name, hash, applied_at) values (${source}, ${name}, ${hash}, ${new Date()})`

/** By hand, for a reserved connection has no `begin()`. */
const applyWhole = async (sql: Sql, file: MigrationFile): Promise<void> => {
  await sql.unsafe('begin')
  try {
    await sql.unsafe(`set local lock_timeout = '2s'`)
    await sql.unsafe(file.text)
    await record(sql, file)
    await sql.unsafe('commit')
  } catch (error) {
    await sql.unsafe('rollback').catch(() => {})
    throw error
  }
}

/** Of the files outside a transaction: a build that failed leaves its index behind, which slows writes and helps no read. */
const refuseInvalidIndex = async (sql: Sql, { source, name }: MigrationFile): Promise<void> => {
  const [invalid] = await sql<{ index: string }[]>`
    select indexrelid::regclass::text as index from pg_index where not indisvalid limit 1`
  if (invalid)
    throw new Error(
      `Migration ${source}/${name}: the index ${invalid.index} is invalid, drop it and run again`,
    )
}

const apply = async (sql: Sql, file: MigrationFile): Promise<void> => {
  if (file.inTransaction) return applyWhole(sql, file)
  if (file.apply) {
    await file.apply(sql)
    await record(sql, file)
    return
  }
  await refuseInvalidIndex(sql, file)
  await sql.unsafe(file.text)
  await refuseInvalidIndex(sql, file)
  await record(sql, file)
}

/** A waiting `alter table` blocks all who come after it, so it gives up soon and tries again. */
const applyPatiently = async (sql: Sql, file: MigrationFile, tries = 10): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await apply(sql, file)
    } catch (error) {
      if (!isLockTimeout(error) || attempt === tries) throw error
      await sleep(200 * attempt)
    }
  }
}

/** Asked again and again: one that waited would hold a snapshot, and `create index concurrently` waits for those. */
const takeLock = async (sql: Sql): Promise<void> => {
  for (;;) {
    const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as taken`
    if (lock?.taken) return
    await sleep(100)
  }
}

/**
 * Applies what is missing, as the owner, one process at a time; answers with what was applied. The lock and the work have one
 * connection, so that a lost lock ends the work too.
 */
export const migrate = async (ownerSql: Pool, migrations: Migration[]): Promise<MigrationFile[]> => {
  const files = await readMigrations(migrations)
  // postgres.js 3.4.9 hangs in reserve() on a pool that has no connection yet.
  await ownerSql`select 1`
  const own = await ownerSql.reserve()
  try {
    await takeLock(own)
    await makeTable(own)
    const missing = notYet(files, await appliedHashes(own))
    for (const file of missing) await applyPatiently(own, file)
    return missing
  } finally {
    await own`select pg_advisory_unlock(${lockKey})`.catch(() => {})
    own.release()
  }
}
