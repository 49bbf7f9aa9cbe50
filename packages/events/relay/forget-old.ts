import type { Pool } from '@kontora/postgres'

const dayMs = 86_400_000
/** The topics' retention: for that long an operator can compare what was sent with what arrived. */
const outboxDays = 30
/** A week longer than a message can come again. */
const inboxDays = outboxDays + 7
const batch = 1000

const daysAgo = (now: Date, days: number): Date => new Date(now.getTime() - days * dayMs)

/** A batch of each from the front, so that no writer waits for it. */
export const forgetOld = async (sql: Pool, now: Date): Promise<void> => {
  await sql`
    delete from outbox where sent_at < ${daysAgo(now, outboxDays)}
      and position in (select position from outbox order by position limit ${batch})`
  await sql`
    delete from inbox where (handler, event_id) in (
      select handler, event_id from inbox where handled_at < ${daysAgo(now, inboxDays)}
      order by handled_at limit ${batch})`
}
