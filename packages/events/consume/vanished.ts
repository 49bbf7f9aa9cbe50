import { type Sql, transaction } from '@kontora/postgres'
import { bury } from './bury.ts'
import type { ConsumerResources } from './handler.ts'
import { lockKey, type Place } from './parked.ts'

/** Every process that has the handler tries what is due within seconds; this is longer than a deployment takes. */
const overdueMs = 900_000

type Row = Place & { position: number; handler: string; key: string; eventId: string }

/**
 * What is long due and nobody tries has a handler that exists no more: it becomes a dead letter, not a thing that waits for
 * ever. Only the first of its key: those behind it wait as behind any dead one.
 */
export const buryVanished = async (
  resources: ConsumerResources & { sql: Sql },
  service: string,
  handlers: { name: string }[],
): Promise<number> => {
  const { sql, now } = resources
  const names = handlers.map(({ name }) => name)
  const rows = await sql<Row[]>`
    select position, handler, key, event_id, topic, partition, "offset" from parked
    where dead_at is null and next_at <= ${new Date(now().getTime() - overdueMs)}
      and handler not in (select jsonb_array_elements_text(${sql.json(names)}))
      and not exists (
        select 1 from parked earlier
        where earlier.handler = parked.handler and earlier.key = parked.key and earlier.position < parked.position
      )
    order by position limit 50`
  for (const row of rows)
    await transaction(sql, async (tx) => {
      await lockKey(tx, row.handler, row.key)
      const [still] = await tx`
        select position from parked where position = ${row.position} and dead_at is null for update`
      if (still) await bury(tx, { ...resources, service }, { ...row, reason: 'no such handler' })
    })
  return rows.length
}
