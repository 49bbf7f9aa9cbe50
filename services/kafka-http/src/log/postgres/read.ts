import type { Sql } from '@kontora/postgres'
import {
  type Header,
  type Message,
  mostBytes,
  mostMessages,
  type TopicPartitionOffset,
} from '../message-log.ts'

type Row = Omit<Message, 'offset' | 'key' | 'timestamp'> & {
  messageOffset: number
  timeMs: number
  key: string | null
  headers: Header[]
}

/** Partition after partition in the order asked for, each from its offset on, up to the bounds of an answer. */
export const read = async (
  sql: Sql,
  from: TopicPartitionOffset[],
  most = mostMessages,
): Promise<Message[]> => {
  if (from.length === 0) return []
  const wanted = from.map((each, place) => ({ ...each, place }))
  const rows = await sql<Row[]>`
    select topic, partition, message_offset, time_ms, key, value, headers from (
      select wanted.place, found.topic, found.partition, found.message_offset, found.time_ms, found.key, found.value,
        found.headers, found.size_bytes,
        row_number() over whole as number, sum(found.size_bytes) over whole as bytes
      from json_to_recordset(${JSON.stringify(wanted)}::text::json) as wanted (topic text, partition integer, "offset" bigint, place integer)
        cross join lateral (
          select topic, partition, message_offset, time_ms, key, value, headers, size_bytes from messages
          where messages.topic = wanted.topic and messages.partition = wanted.partition
            and messages.message_offset >= wanted."offset"
          order by message_offset limit ${most}
        ) found
      window whole as (order by wanted.place, found.message_offset)
    ) bounded
    where number = 1 or (number <= ${most} and bytes <= ${mostBytes})
    order by place, message_offset`
  return rows.map(({ topic, partition, messageOffset, timeMs, key, value, headers }) => ({
    topic,
    partition,
    offset: messageOffset,
    timestamp: timeMs,
    key: key ?? '',
    value,
    headers,
  }))
}
