import type { Sql } from '@kontora/postgres'
import type { NewMessage, Stored, TopicPartition } from '../message-log.ts'
import { LogClosed } from '../moving/log-place.ts'
import { numberArray, textArray } from './array-text.ts'

type Share = TopicPartition & { count: number }
/** Of each message: which share is its own, and its place in there. */
type Shared = { shares: Share[]; share: number[]; place: number[] }
type Base = { share: number; base: number }

/**
 * One statement, so one transaction. The partitions' rows are locked in one order for all writers and until the commit:
 * offsets have no gap, and none becomes visible before a lower one.
 */
export const append = async (sql: Sql, storedAt: Date, messages: NewMessage[]): Promise<Stored[]> => {
  const { shares, share, place } = shareOut(messages)
  const heads = messages.map(({ headers }) => (headers.length === 0 ? '[]' : JSON.stringify(headers)))
  const bases = await sql<Base[]>`
    with shares as materialized (
      select share, topic collate "C" as topic, partition, count from unnest(
        ${textArray(shares.map(({ topic }) => topic))}::text::text[],
        ${numberArray(shares.map(({ partition }) => partition))}::text::integer[],
        ${numberArray(shares.map(({ count }) => count))}::text::bigint[]
      ) with ordinality as rows (topic, partition, count, share)
    ), locked as materialized (
      select share, topic, partition, count from partitions join shares using (topic, partition)
      where not closed order by topic, partition for update of partitions
    ), moved as (
      update partitions set next_offset = next_offset + locked.count from locked
      where partitions.topic = locked.topic and partitions.partition = locked.partition
      returning locked.share, partitions.topic, partitions.partition, partitions.next_offset - locked.count as base
    ), written as (
      insert into messages (topic, partition, message_offset, time_ms, stored_at, key, value, headers, size_bytes)
      select topic, partition, base + place, time_ms, ${storedAt}, key, value, headers::json,
        coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0) + octet_length(headers) + 64
      from unnest(
        ${numberArray(share)}::text::bigint[], ${numberArray(place)}::text::bigint[],
        ${numberArray(messages.map(({ timestamp }) => timestamp))}::text::bigint[],
        ${textArray(messages.map(({ key }) => key))}::text::text[],
        ${textArray(messages.map(({ value }) => value))}::text::text[], ${textArray(heads)}::text::text[]
      ) as rows (share, place, time_ms, key, value, headers) join moved using (share)
    )
    select share, base from moved`
  // A partition is there as long as its topic is: it can only have been closed. What was written is undone.
  if (bases.length !== shares.length) throw new LogClosed()
  const baseOf = new Map(bases.map(({ share, base }) => [share, base]))
  return messages.map(({ topic, partition, timestamp }, i) => {
    const offset = (baseOf.get(share[i] ?? 0) ?? 0) + (place[i] ?? 0)
    return { topic, partition, offset, timestamp }
  })
}

/** Shares are numbered from 1, as `with ordinality` does. */
const shareOut = (messages: NewMessage[]): Shared => {
  const numbers = new Map<string, Map<number, number>>()
  const shares: Share[] = []
  const place: number[] = []
  const share = messages.map(({ topic, partition }) => {
    const ofTopic = numbers.get(topic) ?? new Map<number, number>()
    numbers.set(topic, ofTopic)
    const number = ofTopic.get(partition) ?? shares.push({ topic, partition, count: 0 })
    ofTopic.set(partition, number)
    const own = shares[number - 1]
    place.push(own?.count ?? 0)
    if (own) own.count++
    return number
  })
  return { shares, share, place }
}
