import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { TopicPartitionOffset } from '../../log/message-log.ts'
import type { MoveOptions, Span } from './move-log.ts'

/** A topic that holds anything but an earlier run's copy would get other offsets. */
export const refuseForeign = async (options: MoveOptions, all: Span[]): Promise<void> => {
  const there = await options.kafka.topics()
  for (const [topic, { length }] of Map.groupBy(all, ({ topic }) => topic))
    if ((there.get(topic) ?? 0) > length)
      throw new Problem('conflict', `The topic ${topic} has more partitions in Kafka`)
  const spans = all.filter(({ topic, partition }) => partition < (there.get(topic) ?? 0))
  const ends = await options.kafka.offsets(spans, 'latest')
  for (const [i, span] of spans.entries()) {
    const end = ends[i]?.offset ?? 0
    if (end > span.next || (end > 0 && !(await isCopy(options, { ...span, offset: end - 1 }))))
      throw new Problem(
        'conflict',
        `The topic ${span.topic} holds other messages in Kafka: delete it there, and move again`,
      )
  }
}

const lookMs = 5000

/** An earlier run copied from the front without a gap: when the last one is the same, so are those before it. */
const isCopy = async ({ sql, kafka }: MoveOptions, place: TopicPartitionOffset): Promise<boolean> => {
  const own = await readOne(sql, place)
  // Retention has taken it, and filled is what lies before the first.
  if (!own) return true
  const wait = { timeoutMs: lookMs, signal: new AbortController().signal }
  const [copy] = await kafka.fetch([place], wait)
  return (
    copy?.offset === place.offset &&
    copy.timestamp === own.timestamp &&
    copy.key === own.key &&
    copy.value === own.value
  )
}

const readOne = async (sql: Sql, { topic, partition, offset }: TopicPartitionOffset) => {
  const [row] = await sql<{ timestamp: number; key: string; value: string | null }[]>`
    select time_ms as timestamp, coalesce(key, '') as key, value from messages
    where topic = ${topic} and partition = ${partition} and message_offset = ${offset}`
  return row
}
