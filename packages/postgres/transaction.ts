import type { Pool, Sql, Transaction } from './connect.ts'

type Scope = { pool: Pool; afterCommit: (() => void)[] }

const scopes = new WeakMap<Sql, Scope>()

const isOpen = (sql: Sql): sql is Transaction => 'savepoint' in sql

const within = async <Result>(
  tx: Transaction,
  scope: Scope,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  scopes.set(tx, scope)
  return work(tx)
}

/** Opens a transaction, or a savepoint when the caller already holds one. Callbacks run after the outermost commit. */
export const transaction = async <Result>(
  sql: Sql,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  if (isOpen(sql)) {
    const outer = scopes.get(sql)
    const scope: Scope = { pool: poolOf(sql), afterCommit: [] }
    const result = (await sql.savepoint((tx) => within(tx, scope, work))) as Result
    // A savepoint that was rolled back never gets here, so its callbacks die with it.
    outer?.afterCommit.push(...scope.afterCommit)
    return result
  }
  const scope: Scope = { pool: sql, afterCommit: [] }
  const result = (await sql.begin((tx) => within(tx, scope, work))) as Result
  runAll(scope.afterCommit)
  return result
}

/** The change is committed: a fault of one callback keeps no other from running. */
const runAll = (callbacks: (() => void)[]): void => {
  const faults: unknown[] = []
  for (const callback of new Set(callbacks)) {
    try {
      callback()
    } catch (error) {
      faults.push(error)
    }
  }
  if (faults.length > 0) throw faults[0]
}

/** Once, when the outermost transaction has committed; never when it is undone. */
export const afterCommit = (tx: Transaction, callback: () => void): void => {
  scopes.get(tx)?.afterCommit.push(callback)
}

/** The pool that a transaction was opened on; the pool itself for a pool. */
export const poolOf = (sql: Sql): Pool => {
  if (!isOpen(sql)) return sql
  const scope = scopes.get(sql)
  if (!scope) throw new Error('This transaction was not opened by transaction()')
  return scope.pool
}
