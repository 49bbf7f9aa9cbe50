import { afterCommit, type Pool, poolOf, type Sql } from '@kontora/postgres'

export const channel = 'access'

const ringing = new WeakMap<Pool, { again: boolean }>()

/** One at a time: what comes meanwhile is told by one more. Who does not hear it looks by himself a moment later. */
const ring = async (pool: Pool): Promise<void> => {
  const under = ringing.get(pool)
  if (under) {
    under.again = true
    return
  }
  const own = { again: true }
  ringing.set(pool, own)
  try {
    while (own.again) {
      own.again = false
      await pool`select pg_notify(${channel}, '')`
    }
  } catch {
    // The connection is lost, and every replica looks again behind that.
  } finally {
    ringing.delete(pool)
  }
}

/** Tells every replica of the service to look, after the commit: inside it, commits would wait for each other. */
export const ringAfterCommit = (sql: Sql): void =>
  'savepoint' in sql ? afterCommit(sql, () => void ring(poolOf(sql))) : undefined
