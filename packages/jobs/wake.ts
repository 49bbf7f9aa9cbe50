import { afterCommit, type Pool, poolOf, type Transaction } from '@kontora/postgres'

const listeners = new WeakMap<Pool, Set<(name: string) => void>>()

/** The jobs of this process listen for commits on their pool. Answers with the way to stop. */
export const onWake = (pool: Pool, listener: (name: string) => void): (() => void) => {
  const known = listeners.get(pool) ?? new Set()
  listeners.set(pool, known.add(listener))
  return () => known.delete(listener)
}

/** The transaction leaves work for this job: it runs once the commit is done, and at its next turn in other processes. */
export const wakeJob = (tx: Transaction, name: string): void => {
  const pool = poolOf(tx)
  afterCommit(tx, () => {
    for (const listener of listeners.get(pool) ?? []) listener(name)
  })
}
