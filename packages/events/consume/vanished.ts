import { type Sql, transaction } from '@kontora/postgres'
import type { Envelope } from '../catalogue/event-type.ts'
import { bury } from './bury.ts'
import { inTraceOf } from './handle-event.ts'
import type { ConsumerResources } from './handler.ts'
import { lockKey, type Place } from './parked.ts'

/** Every process that has the handler tries what is due within seconds; this is longer than a deployment takes. */
const overdueMs = 900_000

type Row = Place & { position: number; handler: string; key: string; eventId: string; event: Envelope }
type Handlers = { name: string }[]

/** Only the first of its key: those behind it wait as behind any dead one. */
const findOverdue = ({ sql, now }: { sql: Sql; now: () => Date }, handlers: Handlers): Promise<Row[]> =>
  sql<Row[]>`
    select position, handler, key, event_id, topic, partition, "offset", event from parked
    where dead_at is null and next_at <= ${new Date(now().getTime() - overdueMs)}
      and handler not in (select jsonb_array_elements_text(${sql.json(handlers.map(({ name }) => name))}))
      and not exists (
        select 1 from parked earlier
        where earlier.handler = parked.handler and earlier.key = parked.key and earlier.position < parked.position
      )
    order by position limit 50`

/**
 * What is long due and nobody tries has a handler that exists no more: it becomes a dead letter, not a thing that waits for
 * ever. It must be seen so twice, many turns apart: after a start or a long sleep all is due, and another consumer of
 * this service has yet to come to its own.
 */
export const createVanishedWatch = (
  resources: ConsumerResources & { sql: Sql },
  service: string,
  handlers: Handlers,
  everyTurns = 60,
) => {
  let turns = 0
  let seen = new Set<number>()

  const buryOne = (row: Row): Promise<void> =>
    transaction(resources.sql, async (tx) => {
      await lockKey(tx, row.handler, row.key)
      const [still] = await tx`
        select position from parked where position = ${row.position} and dead_at is null for update`
      if (still) await bury(tx, { ...resources, service }, { ...row, reason: 'no such handler' })
    })

  return async (): Promise<void> => {
    turns++
    if (turns % everyTurns !== 0) return
    const rows = await findOverdue(resources, handlers)
    for (const row of rows) if (seen.has(row.position)) await inTraceOf(row.event, () => buryOne(row))
    seen = new Set(rows.map(({ position }) => position))
  }
}
