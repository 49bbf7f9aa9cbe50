import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { NewMessage, TopicPartitionOffset } from '../../log/message-log.ts'
import type { MoveOptions, Span } from './move-log.ts'

const fillerBatch = 5000
const mostAtOnce = 5000
const mostBytes = 8 * 1024 * 1024

/** From where Kafka's partitions end to where these do; answers with how many messages that were. */
export const copyMessages = async (options: MoveOptions, spans: Span[]): Promise<number> => {
  const ends = await options.kafka.offsets(spans, 'latest')
  const failed = new AbortController()
  const copying = spans.map((span, i) =>
    copyPartition(options, span, ends[i]?.offset ?? 0, failed.signal).catch((error: unknown) => {
      failed.abort(error)
      return 0
    }),
  )
  // A move that has failed writes nothing any more: the next one may begin at once.
  const copied = await Promise.all(copying)
  failed.signal.throwIfAborted()
  return copied.reduce((sum, count) => sum + count, 0)
}

const copyPartition = async (
  options: MoveOptions,
  span: Span,
  end: number,
  failed: AbortSignal,
): Promise<number> => {
  const { topic, partition, next } = span
  let offset = end
  let count = 0
  while (offset < next && !failed.aborted) {
    const messages = await readOn(options.sql, { topic, partition, offset })
    // What is not there has gone from the front, perhaps just now.
    const found = messages[0]?.offset ?? next
    if (found > offset) offset = await fillUpTo(options, span, offset, found)
    if (messages.length === 0) break
    await append(
      options,
      messages.map(({ offset: _, ...message }) => message),
      offset,
    )
    offset += messages.length
    count += messages.length
    await options.reached('some-copied')
  }
  return count
}

const readOn = (sql: Sql, { topic, partition, offset }: TopicPartitionOffset) => sql<
  (NewMessage & { offset: number })[]
>`
  select topic, partition, message_offset as "offset", time_ms as timestamp, key, value, headers from (
    select topic, partition, message_offset, time_ms, key, value, headers, row_number() over whole as number,
      sum(size_bytes) over whole as bytes
    from (
      select topic, partition, message_offset, time_ms, key, value, headers, size_bytes from messages
      where topic = ${topic} and partition = ${partition} and message_offset >= ${offset}
      order by message_offset limit ${mostAtOnce}
    ) next
    window whole as (order by message_offset)
  ) bounded
  where number = 1 or bytes <= ${mostBytes}
  order by message_offset`

/** A topic of Kafka begins at 0: what retention has taken is filled with nothing and deleted again, so that offsets stay. */
const fillUpTo = async (
  options: MoveOptions,
  { topic, partition }: Span,
  from: number,
  to: number,
): Promise<number> => {
  const timestamp = options.now().getTime()
  for (let offset = from; offset < to; offset += fillerBatch) {
    const length = Math.min(fillerBatch, to - offset)
    const filler: NewMessage = { topic, partition, timestamp, key: null, value: null, headers: [] }
    await append(
      options,
      Array.from({ length }, () => filler),
      offset,
    )
    await options.reached('some-copied')
  }
  await options.kafka.deleteBefore([{ topic, partition, offset: to }])
  return to
}

const append = async ({ kafka }: MoveOptions, messages: NewMessage[], offset: number): Promise<void> => {
  const stored = await kafka.append(messages)
  const [first] = stored
  if (first?.offset === offset && stored.at(-1)?.offset === offset + messages.length - 1) return
  throw new Problem(
    'conflict',
    `Somebody else writes to the topic ${messages[0]?.topic} in Kafka; the move stops`,
  )
}
