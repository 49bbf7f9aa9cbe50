import type { Sql } from '@kontora/postgres'
import type { TopicPartition, TopicPartitionOffset } from '../message-log.ts'

export const readTopics = async (sql: Sql): Promise<Map<string, number>> => {
  const rows = await sql<{ topic: string; count: number }[]>`
    select topic, count(*)::int as count from partitions group by topic order by topic`
  return new Map(rows.map(({ topic, count }) => [topic, count]))
}

type Bounds = { firstOffset: number; nextOffset: number; firstTimeMs: number | null }

/** In the order asked for, each as often as it is named. */
const readBounds = (sql: Sql, partitions: TopicPartition[]) => sql<Bounds[]>`
  select first_offset, next_offset, (
    select time_ms from messages
    where messages.topic = partitions.topic and messages.partition = partitions.partition
    order by message_offset limit 1
  ) as first_time_ms
  from json_to_recordset(${listOf(partitions)}::text::json) as wanted (place integer, topic text, partition integer)
    join partitions on partitions.topic = wanted.topic and partitions.partition = wanted.partition
  order by place`

const listOf = (partitions: TopicPartition[]): string =>
  JSON.stringify(partitions.map(({ topic, partition }, place) => ({ place, topic, partition })))

const few = 50

/** Materialized, or the planner walks whole partitions by their key instead of the few late pages. */
const readLate = async (sql: Sql, partitions: TopicPartition[], timeMs: number) => {
  const wanted = sql`
    json_to_recordset(${listOf(partitions)}::text::json) as wanted (place integer, topic text, partition integer)`
  const rows =
    partitions.length <= few
      ? await sql<{ place: number; messageOffset: number | null }[]>`
          select place, (
            with late as materialized (
              select message_offset from messages
              where time_ms >= ${timeMs} and messages.topic = wanted.topic
                and messages.partition = wanted.partition
            )
            select min(message_offset) from late
          ) as message_offset
          from ${wanted}`
      : await sql<{ place: number; messageOffset: number | null }[]>`
          with late as materialized (
            select topic, partition, message_offset from messages where time_ms >= ${timeMs}
          )
          select place, min(message_offset) as message_offset from ${wanted} join late using (topic, partition)
          group by place`
  return new Map(rows.map(({ place, messageOffset }) => [place, messageOffset]))
}

/** The first offset whose time is this or later; the end when there is none, so that it can be committed. */
export const readOffsets = async (
  sql: Sql,
  partitions: TopicPartition[],
  at: 'earliest' | 'latest' | number,
): Promise<TopicPartitionOffset[]> => {
  if (partitions.length === 0) return []
  const bounds = await readBounds(sql, partitions)
  const answer = (offsetOf: (bounds: Bounds, i: number) => number): TopicPartitionOffset[] =>
    partitions.map(({ topic, partition }, i) => {
      const found = bounds[i]
      return { topic, partition, offset: found ? offsetOf(found, i) : 0 }
    })
  if (at === 'earliest') return answer(({ firstOffset }) => firstOffset)
  if (at === 'latest') return answer(({ nextOffset }) => nextOffset)
  const isFirst = ({ firstTimeMs }: Bounds): boolean => firstTimeMs !== null && firstTimeMs >= at
  const open = bounds.flatMap((each, i) => (isFirst(each) || each.firstTimeMs === null ? [] : [i]))
  const late = await readLate(
    sql,
    open.flatMap((i) => partitions[i] ?? []),
    at,
  )
  const lateAt = new Map(open.map((i, place) => [i, late.get(place) ?? undefined]))
  return answer((each, i) => (isFirst(each) ? each.firstOffset : (lateAt.get(i) ?? each.nextOffset)))
}
