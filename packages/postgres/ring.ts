import type { Pool } from './connect.ts'

type Under = Map<string, { again: boolean }>

const ringing = new WeakMap<Pool, Under>()

/**
 * Tells whoever listens on this channel, in a statement of its own: inside a transaction of business, commits would wait for
 * each other. One at a time of a kind; what comes meanwhile is told by one more. Nobody may depend on hearing it.
 */
export const ring = async (pool: Pool, channel: string, what = ''): Promise<void> => {
  const under = ringing.get(pool) ?? new Map<string, { again: boolean }>()
  ringing.set(pool, under)
  const kind = `${channel} ${what}`
  const known = under.get(kind)
  if (known) {
    known.again = true
    return
  }
  const own = { again: true }
  under.set(kind, own)
  try {
    while (own.again) {
      own.again = false
      await pool`select pg_notify(${channel}, ${what})`
    }
  } catch {
    // The connection is lost, or this process ends: who listens looks by himself a moment later.
  } finally {
    under.delete(kind)
  }
}
