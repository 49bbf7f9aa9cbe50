import type { Sql } from '@kontora/postgres'
import type { NewMessage, Stored } from '../message-log.ts'

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).byteLength

type Row = { i: number; messageOffset: number }

/**
 * One statement, so one transaction. The partitions' rows are locked in one order for all writers and until the commit:
 * offsets have no gap, and none becomes visible before a lower one.
 */
export const append = async (sql: Sql, storedAt: Date, messages: NewMessage[]): Promise<Stored[]> => {
  const incoming = messages.map(({ topic, partition, timestamp, key, value, headers }, i) => {
    const head = JSON.stringify(headers)
    const size_bytes = bytesOf(key ?? '') + bytesOf(value ?? '') + bytesOf(head) + 64
    return { i, topic, partition, time_ms: timestamp, key, value, headers: head, size_bytes }
  })
  const rows = await sql<Row[]>`
    with incoming as materialized (
      select i, topic collate "C" as topic, partition, time_ms, key, value, headers, size_bytes,
        row_number() over (partition by topic, partition order by i) - 1 as place
      from json_to_recordset(${JSON.stringify(incoming)}::text::json) as rows (
        i integer, topic text, partition integer, time_ms bigint, key text, value text, headers text, size_bytes integer)
    ), locked as materialized (
      select topic, partition from partitions
      where (topic, partition) in (select topic, partition from incoming)
      order by topic, partition for update
    ), moved as (
      update partitions set next_offset = next_offset + counted.count
      from (select topic, partition, count(*) as count from incoming group by topic, partition) counted
        join locked using (topic, partition)
      where partitions.topic = counted.topic and partitions.partition = counted.partition
      returning partitions.topic, partitions.partition, partitions.next_offset - counted.count as base
    ), written as (
      insert into messages (topic, partition, message_offset, time_ms, stored_at, key, value, headers, size_bytes)
      select topic, partition, base + place, time_ms, ${storedAt}, key, value, headers::json, size_bytes
      from incoming join moved using (topic, partition)
    )
    select i, base + place as message_offset from incoming join moved using (topic, partition) order by i`
  if (rows.length !== messages.length) throw new Error('A partition vanished while it was written to')
  return messages.map(({ topic, partition, timestamp }, i) => ({
    topic,
    partition,
    offset: rows[i]?.messageOffset ?? 0,
    timestamp,
  }))
}
