import { afterCommit, isTransaction, type Pool, poolOf, type Sql } from '@kontora/postgres'

const listeners = new WeakMap<Pool, Set<(name: string) => void>>()

/** The jobs of this process listen for commits on their pool. Answers with the way to stop. */
export const onWake = (pool: Pool, listener: (name: string) => void): (() => void) => {
  const known = listeners.get(pool) ?? new Set()
  listeners.set(pool, known.add(listener))
  return () => known.delete(listener)
}

/** There is work for this job: it runs at once or, in a transaction, after its commit, and at its next turn in other processes. */
export const wakeJob = (sql: Sql, name: string): void => {
  const pool = poolOf(sql)
  const wake = () => {
    for (const listener of listeners.get(pool) ?? []) listener(name)
  }
  if (isTransaction(sql)) afterCommit(sql, wake)
  else wake()
}
