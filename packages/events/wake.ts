import type { Pool } from '@kontora/postgres'

const listeners = new WeakMap<Pool, Set<() => void>>()

/** The relay of this process listens for commits on its pool. Answers with the way to stop. */
export const onWake = (pool: Pool, listener: () => void): (() => void) => {
  const known = listeners.get(pool) ?? new Set()
  listeners.set(pool, known.add(listener))
  return () => known.delete(listener)
}

export const wakeRelay = (pool: Pool): void => {
  for (const listener of listeners.get(pool) ?? []) listener()
}
