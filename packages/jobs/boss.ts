import { type Pool, poolOf, type Sql } from '@kontora/postgres'
import type { PgBoss } from 'pg-boss'

/** Where pg-boss keeps its tables, in the service's own database. */
export const schema = 'jobs'

/** Where a job goes that failed for the last time, until an operator repeats or drops it. */
export const deadLetters = 'dead-letters'

type Db = { executeSql: (text: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }> }

const quoted = (value: unknown): string =>
  `"${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** Without `fetch_types` the driver knows no arrays: they travel as Postgres writes them. */
const parameter = (value: unknown): unknown =>
  Array.isArray(value) ? `{${value.map(quoted).join(',')}}` : value

const opensTransaction = /^\s*begin\b/i

/** A script that opens a transaction of its own needs a connection of its own. */
const onReserved = async <Result>(pool: Pool, work: (sql: Sql) => Promise<Result>): Promise<Result> => {
  // postgres.js 3.4.9 hangs in reserve() on a pool that has no connection yet.
  await pool`select 1`
  const own = await pool.reserve()
  try {
    return await work(own)
  } finally {
    own.release()
  }
}

/** pg-boss's statements on our driver: on the pool, or in the transaction that the caller holds. */
export const dbOf = (sql: Sql): Db => {
  const run = async (on: Sql, text: string, values: unknown[]) => {
    const rows: unknown = await on.unsafe(text, values.map(parameter) as never[])
    return { rows: (rows as unknown[]).flat() as Record<string, unknown>[] }
  }
  return {
    executeSql: (text, values = []) =>
      'reserve' in sql && opensTransaction.test(text)
        ? onReserved(sql, (own) => run(own, text, values))
        : run(sql, text, values),
  }
}

/** None of its timers: our own loops fetch, and the database is made by `migrate`. */
export const createBoss = async (sql: Sql): Promise<PgBoss> => {
  // Asked for where it is needed: a service without queued work does not carry it in memory.
  const { PgBoss } = await import('pg-boss')
  return new PgBoss({
    db: dbOf(sql),
    schema,
    migrate: false,
    schedule: false,
    supervise: false,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
  })
}

const bosses = new WeakMap<Pool, Promise<PgBoss>>()

/** One for each pool, so that what it knows of the queues is asked once. */
export const bossOf = (sql: Sql): Promise<PgBoss> => {
  const pool = poolOf(sql)
  const known = bosses.get(pool) ?? createBoss(pool)
  bosses.set(pool, known)
  return known
}
