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

/** The oldest 200: ids, names and codes, never what the event holds. */
export const listParked = (sql: Sql): Promise<ParkedLine[]> =>
  sql<ParkedLine[]>`
    select event_id, handler, event ->> 'type' as type, key, attempts, reason, parked_at, dead_at
    from parked order by position limit 200`

/** Tried again at the consumer's next turn, from the first attempt on; reaches the handlers that failed and no other. */
export const replayParked = async (sql: Sql, eventId: string, now: Date): Promise<number> => {
  const rows = await sql`
    update parked set dead_at = null, attempts = 0, next_at = ${now} where event_id = ${eventId} returning position`
  return rows.length
}

type Dropped = { position: number; handler: string; key: string; event: Envelope }

/** Never handled: it counts as known from now on, and its key goes on without it. */
export const dropParked = (sql: Sql, eventId: string, now: Date): Promise<number> =>
  transaction(sql, async (tx) => {
    const rows = await tx<Dropped[]>`
      select position, handler, key, event from parked where event_id = ${eventId} order by handler`
    for (const { position, handler, key, event } of rows) {
      await lockKey(tx, handler, key)
      await markKnown(tx, handler, event, now)
      await tx`delete from parked where position = ${position}`
    }
    return rows.length
  })
