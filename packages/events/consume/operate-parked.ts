import { type Sql, transaction } from '@kontora/postgres'
import type { Envelope } from '../catalogue/event-type.ts'
import { markKnown } from './inbox.ts'
import { lockKey } from './parked.ts'

export type ParkedLine = {
  eventId: string
  handler: string
  type: string
  key: string
  attempts: number
  reason: string
  parkedAt: Date
  deadAt: Date | null
}

/** All that may be shown of one: where it came from and why it waits, never what the event holds. */
export type ParkedPage = ParkedLine & {
  topic: string
  partition: number
  offset: number
  source: string
  time: string
  dataschema: string
  traceparent: string | null
  nextAt: Date
  replayedAt: Date | null
  /** Events of its key and handler that wait behind it. */
  behind: number
}

/** The oldest 200: ids, names and codes, never what the event holds. */
export const listParked = (sql: Sql): Promise<ParkedLine[]> =>
  sql<ParkedLine[]>`
    select event_id, handler, event ->> 'type' as type, key, attempts, reason, parked_at, dead_at
    from parked order by position limit 200`

/** Those that wait for an operator. */
export const listDeadLetters = (sql: Sql): Promise<ParkedLine[]> =>
  sql<ParkedLine[]>`
    select event_id, handler, event ->> 'type' as type, key, attempts, reason, parked_at, dead_at
    from parked where dead_at is not null order by position limit 200`

/** One page a handler that has it parked. */
export const showParked = (sql: Sql, eventId: string): Promise<ParkedPage[]> =>
  sql<ParkedPage[]>`
    select event_id, handler, event ->> 'type' as type, key, attempts, reason, parked_at, dead_at, topic, partition, "offset",
      event ->> 'source' as source, event ->> 'time' as time, event ->> 'dataschema' as dataschema, traceparent, next_at,
      replayed_at, (
        select count(*) from parked later
        where later.handler = parked.handler and later.key = parked.key and later.position > parked.position
      ) as behind
    from parked where event_id = ${eventId} order by handler`

/**
 * Tried again at the consumer's next turn, from the first attempt on. It reaches the handlers that failed and no other, or the
 * one that is named.
 */
export const replayParked = async (
  sql: Sql,
  eventId: string,
  now: Date,
  handler: string | null = null,
): Promise<number> => {
  const rows = await sql`
    update parked set dead_at = null, attempts = 0, next_at = ${now}, replayed_at = ${now}
    where event_id = ${eventId} and (${handler}::text is null or handler = ${handler})
    returning position`
  return rows.length
}

type Dropped = { position: number; handler: string; key: string; event: Envelope }

/** Never handled: it counts as known from now on, and its key goes on without it. */
export const dropParked = (
  sql: Sql,
  eventId: string,
  now: Date,
  only: string | null = null,
): Promise<number> =>
  transaction(sql, async (tx) => {
    const rows = await tx<Dropped[]>`
      select position, handler, key, event from parked
      where event_id = ${eventId} and (${only}::text is null or handler = ${only}) order by handler`
    for (const { position, handler, key, event } of rows) {
      await lockKey(tx, handler, key)
      await markKnown(tx, handler, event, now)
      await tx`delete from parked where position = ${position}`
    }
    return rows.length
  })
