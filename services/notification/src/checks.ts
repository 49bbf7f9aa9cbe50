import type { Pool } from '@kontora/postgres'
import type { DegradedCheck } from '@kontora/service'

const slowMs = 10_000

/** Both are told by our own tables: an event that nobody took, a letter that waits for the operator. */
export const checksOf = (sql: Pool, now: () => Date): DegradedCheck[] => [
  {
    name: 'kafka',
    isWell: async () => {
      const old = await sql`
        select 1 from outbox where sent_at is null and time < ${new Date(now().getTime() - slowMs)} limit 1`
      return old.length === 0
    },
  },
  {
    name: 'parked-letters',
    isWell: async () => (await sql`select 1 from messages where state = 'parked' limit 1`).length === 0,
  },
]
