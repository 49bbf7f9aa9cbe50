import type { Sql } from '@kontora/postgres'
import {
  type Header,
  type Message,
  mostBytes,
  mostMessages,
  type TopicPartitionOffset,
} from '../message-log.ts'

type Row = {
  topic: string
  partition: number
  messageOffset: number
  timeMs: number
  key: string | null
  value: string | null
  headers: Header[]
  sizeBytes: number
}
/** How much there is still room for; the first message of an answer always fits. */
type Room = { messages: number; bytes: number; always: 0 | 1 }

/** So many partitions are looked at in one statement, for each may bring as much as a whole answer holds. */
const atOnce = 64

/** Partition after partition in the order asked for, each from its offset on, up to the bounds of an answer. */
export const read = async (
  sql: Sql,
  from: TopicPartitionOffset[],
  most = mostMessages,
): Promise<Message[]> => {
  const found: Row[] = []
  let bytes = 0
  for (let i = 0; i < from.length && found.length < most && bytes < mostBytes; i += atOnce) {
    const always = found.length === 0 ? 1 : 0
    const room: Room = { messages: most - found.length, bytes: mostBytes - bytes, always }
    const rows = await readSome(sql, from.slice(i, i + atOnce), room)
    found.push(...rows)
    bytes += rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }
  return found.map(messageOf)
}

const readSome = (sql: Sql, from: TopicPartitionOffset[], { messages, bytes, always }: Room) => {
  const wanted = JSON.stringify(from.map((each, place) => ({ ...each, place })))
  return sql<Row[]>`
    select topic, partition, message_offset, time_ms, key, value, headers, size_bytes from (
      select wanted.place, found.topic, found.partition, found.message_offset, found.time_ms, found.key, found.value,
        found.headers, found.size_bytes,
        row_number() over whole as number, sum(found.size_bytes) over whole as bytes
      from json_to_recordset(${wanted}::text::json) as wanted (topic text, partition integer, "offset" bigint, place integer)
        cross join lateral (
          select topic, partition, message_offset, time_ms, key, value, headers, size_bytes from messages
          where messages.topic = wanted.topic and messages.partition = wanted.partition
            and messages.message_offset >= wanted."offset"
          order by message_offset limit ${messages}
        ) found
      window whole as (order by wanted.place, found.message_offset)
    ) bounded
    where number <= ${always} or (number <= ${messages} and bytes <= ${bytes})
    order by place, message_offset`
}

const messageOf = ({ topic, partition, messageOffset, timeMs, key, value, headers }: Row): Message => ({
  topic,
  partition,
  offset: messageOffset,
  timestamp: timeMs,
  key: key ?? '',
  value,
  headers,
})
