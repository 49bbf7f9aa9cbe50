import type { Sql } from '@kontora/postgres'
import type { TopicPartition, TopicPartitionOffset } from '../message-log.ts'

export const readTopics = async (sql: Sql): Promise<Map<string, number>> => {
  const rows = await sql<{ topic: string; count: number }[]>`
    select topic, count(*)::int as count from partitions group by topic order by topic`
  return new Map(rows.map(({ topic, count }) => [topic, count]))
}

const boundOf = async (sql: Sql, { topic, partition }: TopicPartition, at: 'earliest' | 'latest') => {
  const [row] = await sql<{ firstOffset: number; nextOffset: number }[]>`
    select first_offset, next_offset from partitions where topic = ${topic} and partition = ${partition}`
  return (at === 'earliest' ? row?.firstOffset : row?.nextOffset) ?? 0
}

const firstSince = async (sql: Sql, { topic, partition }: TopicPartition, timeMs: number) => {
  const [first] = await sql<{ messageOffset: number; timeMs: number }[]>`
    select message_offset, time_ms from messages where topic = ${topic} and partition = ${partition}
    order by message_offset limit 1`
  if (first && first.timeMs >= timeMs) return first.messageOffset
  // Materialized, or the planner walks the whole partition by its key instead of the few late pages.
  const [late] = await sql<{ messageOffset: number | null }[]>`
    with late as materialized (
      select message_offset from messages
      where time_ms >= ${timeMs} and topic = ${topic} and partition = ${partition}
    )
    select min(message_offset) as message_offset from late`
  return late?.messageOffset ?? boundOf(sql, { topic, partition }, 'latest')
}

/** The first offset whose time is this or later; the end when there is none, so that it can be committed. */
export const readOffsets = (
  sql: Sql,
  partitions: TopicPartition[],
  at: 'earliest' | 'latest' | number,
): Promise<TopicPartitionOffset[]> =>
  Promise.all(
    partitions.map(async ({ topic, partition }) => ({
      topic,
      partition,
      offset: await (typeof at === 'number'
        ? firstSince(sql, { topic, partition }, at)
        : boundOf(sql, { topic, partition }, at)),
    })),
  )
