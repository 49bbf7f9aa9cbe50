import type { Pool } from '@kontora/postgres'

type Place = { topic: string; partition: number }
type Listener = (place: Place) => void

const listeners = new WeakMap<Pool, Set<Listener>>()

/** The relay of this process listens for commits on its pool. Answers with the way to stop. */
export const onWake = (pool: Pool, listener: Listener): (() => void) => {
  const known = listeners.get(pool) ?? new Set()
  listeners.set(pool, known.add(listener))
  return () => known.delete(listener)
}

export const wakeRelay = (pool: Pool, place: Place): void => {
  for (const listener of listeners.get(pool) ?? []) listener(place)
}
