import type { Pool, Sql, Transaction } from './connect.ts'

/** `fault` is what a statement gets that comes after the end. */
type Life = { fault?: Error }
type Scope = { pool: Pool; life: Life; afterCommit: (() => void)[] }

const scopes = new WeakMap<Sql, Scope>()

export const isTransaction = (sql: Sql): sql is Transaction => 'savepoint' in sql

const refuseEnded = ({ fault }: Life): void => {
  if (fault) throw fault
}

/**
 * The driver would run what comes after the end on whatever the connection does by then: a verb that goes on when its
 * connection was cut would write outside of any transaction, or in another's.
 */
const guarded = (tx: Transaction, life: Life): Transaction =>
  new Proxy(tx, {
    apply: (target, self, args) => {
      refuseEnded(life)
      return Reflect.apply(target, self, args)
    },
    get: (target, name) => {
      refuseEnded(life)
      return Reflect.get(target, name)
    },
  })

const within = <Result>(
  tx: Transaction,
  scope: Scope,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  const own = guarded(tx, scope.life)
  scopes.set(own, scope)
  return work(own)
}

const outermost = async <Result>(
  pool: Pool,
  scope: Scope,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  try {
    const result = (await pool.begin((tx) => within(tx, scope, work))) as Result
    scope.life.fault = new Error('The transaction has ended')
    return result
  } catch (error) {
    scope.life.fault = error instanceof Error ? error : new Error('The transaction has ended')
    throw error
  }
}

/** Opens a transaction, or a savepoint when the caller already holds one. Callbacks run after the outermost commit. */
export const transaction = async <Result>(
  sql: Sql,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  if (isTransaction(sql)) {
    const outer = scopes.get(sql)
    const scope: Scope = { pool: poolOf(sql), life: outer?.life ?? {}, afterCommit: [] }
    const result = (await sql.savepoint((tx) => within(tx, scope, work))) as Result
    // A savepoint that was rolled back never gets here, so its callbacks die with it.
    outer?.afterCommit.push(...scope.afterCommit)
    return result
  }
  const scope: Scope = { pool: sql, life: {}, afterCommit: [] }
  const result = await outermost(sql, scope, work)
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
  if (!isTransaction(sql)) return sql
  const scope = scopes.get(sql)
  if (!scope) throw new Error('This transaction was not opened by transaction()')
  return scope.pool
}
