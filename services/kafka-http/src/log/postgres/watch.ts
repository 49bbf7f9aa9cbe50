import type { Sql } from '@kontora/postgres'
import { createBell } from '../bell.ts'

/** What a waiting call wants to hear of. */
type Waiter = { topics: Set<string>; group?: string | undefined; wake: () => void }

export type Watch = {
  /** Hears of every change from now on, also of those between two sleeps. */
  listen: (topics: string[], group?: string) => Listener
  topicsChanged: (topics: Iterable<string>) => void
  groupChanged: (group: string) => void
  /** Every waiting call ends now, and so will later ones. */
  close: () => void
  closed: () => boolean
}
/** `sleep` is true when there was a change. */
export type Listener = { sleep: (ms: number, signal: AbortSignal) => Promise<boolean>; end: () => void }

export const sweepMs = 150

/**
 * Waiting calls cost nothing each: the process that wrote wakes its own, and one question for all of them, while there
 * are any, finds what other gateways wrote, which groups changed and who is overdue.
 */
export const createWatch = (sql: Sql, now: () => Date): Watch => {
  const waiters = new Set<Waiter>()
  let marks = new Map<string, string>()
  let sweeping = false
  let closed = false

  const wake = (concerns: (waiter: Waiter) => boolean): void => {
    for (const waiter of waiters) if (concerns(waiter)) waiter.wake()
  }
  const look = async (): Promise<void> => {
    const seen = await readMarks(sql, now())
    const changed = new Set(
      [...seen].filter(([name, mark]) => marks.get(name) !== mark).map(([name]) => name),
    )
    marks = seen
    wake(
      ({ topics, group }) =>
        changed.has(`group/${group}`) || [...topics].some((topic) => changed.has(`topic/${topic}`)),
    )
  }
  const sweep = async (): Promise<void> => {
    if (sweeping) return
    sweeping = true
    while (waiters.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, sweepMs))
      // Postgres is away: whoever waits will see it for himself at the end of his time.
      await look().catch(() => {})
    }
    marks = new Map()
    sweeping = false
  }

  return {
    listen: (topics, group) => {
      const bell = createBell()
      const waiter = { topics: new Set(topics), group, wake: bell.ring }
      waiters.add(waiter)
      if (closed) bell.ring()
      void sweep()
      return { sleep: bell.sleep, end: () => void waiters.delete(waiter) }
    },
    topicsChanged: (names) => {
      const changed = [...names]
      wake(({ topics }) => changed.some((name) => topics.has(name)))
    },
    groupChanged: (name) => wake(({ group }) => group === name),
    close: () => {
      closed = true
      wake(() => true)
    },
    closed: () => closed,
  }
}

const readMarks = async (sql: Sql, time: Date): Promise<Map<string, string>> => {
  const rows = await sql<{ name: string; mark: string }[]>`
    select 'topic/' || topic as name, sum(next_offset)::text as mark from partitions group by topic
    union all select 'group/' || name, generation || coalesce((
      select ' overdue ' || max(expires_at) from instances where group_name = groups.name and expires_at <= ${time}
    ), '') from groups`
  return new Map(rows.map(({ name, mark }) => [name, mark]))
}
