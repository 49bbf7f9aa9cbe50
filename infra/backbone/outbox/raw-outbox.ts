import { partitions } from '@kontora/events'
import { createResources } from '@kontora/kafka-http/resources'
import { hearWords, say } from './child.ts'
import { openEmitting } from './emitting.ts'

/**
 * The raw SQL ceiling: what any relay must ask of Postgres for the same rows, in one process and without a network between.
 * For each partition, side by side: read the next 500 in order, append them to the log (with the statement of kafka-http's own
 * log, called in this process), mark them as sent by their positions, without a wait for the disk as the relay does. No lease is read or held and no envelope is made, but the
 * value has the envelope's length, for the log's SQL is to write the same bytes. A ratio above 1 says that this one process is short
 * of a core for its own part, which the relay shares with kafka-http.
 */
const { sql } = openEmitting()
const log = createResources({
  DATABASE_URL: process.env.GATEWAY_URL ?? '',
  SESSION_TIMEOUT_MS: 10_000,
  GROUP_IDLE_LIMITS: [],
}).messages

/** What a relay puts before the data, `{"specversion":"1.0","id":…`: so many bytes for this event. */
const head = ' '.repeat(203)

type Row = { position: number; subject: string; data: string }

const movePartition = async (partition: number): Promise<void> => {
  for (;;) {
    const rows = await sql<Row[]>`
      select position, id, type, version, subject, time, data::text as data, traceparent from outbox
      where topic = 'ledger' and partition = ${partition} and sent_at is null order by position limit 500`
    if (rows.length === 0) return
    const timestamp = Date.now()
    await log.append(
      rows.map(({ subject, data }) => {
        return { topic: 'ledger', partition, key: subject, value: head + data, headers: [], timestamp }
      }),
    )
    const positions = `{${rows.map(({ position }) => position).join(',')}}`
    await sql`
      with quick as materialized (select set_config('synchronous_commit', 'off', true))
      update outbox set sent_at = ${new Date()} from quick where position = any (${positions}::text::bigint[])`
  }
}

const move = async (): Promise<number> => {
  const begun = performance.now()
  await Promise.all(Array.from({ length: partitions }, (_, partition) => movePartition(partition)))
  return performance.now() - begun
}

await sql`select 1`
say('ready')
await hearWords(async () => say('moved', { ms: await move() }))
