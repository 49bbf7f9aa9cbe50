import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'

/** Where the log is: in Postgres, between the two for a moment, or in Kafka. */
export type LogPlace = 'postgres' | 'closed' | 'kafka'

/** What is met when the log is leaving Postgres, or has left it: nothing was done. A gateway that knows of a Kafka goes there. */
export class LogClosed extends Problem {
  constructor() {
    super('unavailable', 'The log is being moved; nothing was written', { retryAfterSeconds: 5 })
  }
}

/** Of a gateway whose settings name a Kafka: a Postgres log that never held a topic has nothing to move. */
export const readLogPlace = async (sql: Sql): Promise<LogPlace> => {
  const [row] = await sql<{ moved: boolean; closed: boolean; holds: boolean }[]>`
    select exists (select moved_at from log_moves) as moved,
      exists (select topic from partitions where closed) as closed,
      exists (select topic from partitions) as holds`
  if (!row || row.moved || !row.holds) return 'kafka'
  return row.closed ? 'closed' : 'postgres'
}
