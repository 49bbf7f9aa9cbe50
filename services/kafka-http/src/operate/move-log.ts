import { type Sql, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { MessageLog, NewMessage, TopicPartition, TopicPartitionOffset } from '../log/message-log.ts'

export type MoveOptions = {
  sql: Sql
  now: () => Date
  kafka: Pick<MessageLog, 'topics' | 'growTopics' | 'append' | 'offsets' | 'resetGroup' | 'groupStates'> & {
    deleteBefore: (offsets: TopicPartitionOffset[]) => Promise<void>
  }
  say: (line: string) => void
}
type Span = TopicPartition & { first: number; next: number }

/** So little is left when the log is closed that whoever writes waits for a moment only. */
const littleLeft = 2000
const fillerBatch = 5000

const spansOf = (sql: Sql): Promise<Span[]> => sql<Span[]>`
  select topic, partition, first_offset as first, next_offset as next from partitions order by topic, partition`

/**
 * Moves the log from Postgres to Kafka while it is written to and read: copies, closes Postgres' log when little is left, copies
 * the rest and the groups' offsets, and opens Kafka's. Offsets stay what they were. Cut short, it goes on where it was.
 */
export const moveLog = async (options: MoveOptions): Promise<number> => {
  const { sql, now, kafka, say } = options
  const [moved] = await sql`select moved_at from log_moves`
  if (moved) throw new Problem('conflict', 'The log has moved already')
  const counts = new Map<string, number>()
  for (const { topic } of await spansOf(sql)) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  await refuseForeign(options, counts)
  await kafka.growTopics(counts)
  let total = 0
  for (let left = Number.POSITIVE_INFINITY; left > littleLeft; ) {
    const copied = await copyAll(options)
    total += copied
    left = copied
    say(`${total} messages copied`)
  }
  say('closing the log in Postgres')
  await close(sql)
  total += await copyAll(options)
  await copyOffsets(options)
  await sql`insert into log_moves (moved_at) values (${now()})`
  say(`the log is in Kafka: ${total} messages copied in this run`)
  return total
}

/** Before the last step a move can be given up: Postgres' log takes messages again. */
export const undoMove = async (sql: Sql): Promise<void> => {
  const [moved] = await sql`select moved_at from log_moves`
  if (moved) throw new Problem('conflict', 'The log has moved already')
  await sql`update partitions set closed = false where closed`
}

/** A topic that holds anything but an earlier run's copy would get other offsets. */
const refuseForeign = async ({ kafka, sql }: MoveOptions, counts: Map<string, number>): Promise<void> => {
  const there = await kafka.topics()
  for (const [topic, count] of counts)
    if ((there.get(topic) ?? count) !== count)
      throw new Problem('conflict', `The topic ${topic} has another number of partitions in Kafka`)
  const spans = (await spansOf(sql)).filter(({ topic }) => there.has(topic))
  const ends = await kafka.offsets(spans, 'latest')
  const isForeign = ({ next }: Span, i: number) => (ends[i]?.offset ?? 0) > next
  const foreign = spans.find(isForeign)
  if (foreign) throw new Problem('conflict', `The topic ${foreign.topic} holds other messages in Kafka`)
}

const copyAll = async (options: MoveOptions): Promise<number> => {
  const spans = await spansOf(options.sql)
  const ends = await options.kafka.offsets(spans, 'latest')
  const copied = await Promise.all(spans.map((span, i) => copyPartition(options, span, ends[i]?.offset ?? 0)))
  return copied.reduce((sum, count) => sum + count, 0)
}

const copyPartition = async (options: MoveOptions, span: Span, end: number): Promise<number> => {
  const { topic, partition, first, next } = span
  let offset = end
  let count = 0
  if (offset < first) offset = await fillUpTo(options, span, offset)
  while (offset < next) {
    const messages = await readOn(options.sql, { topic, partition, offset })
    if (messages.length === 0) break
    // Retention took the front meanwhile.
    if (messages[0] && messages[0].offset > offset)
      offset = await fillUpTo(options, { ...span, first: messages[0].offset }, offset)
    await append(
      options,
      messages.map(({ offset: _, ...message }) => message),
      offset,
    )
    offset += messages.length
    count += messages.length
  }
  return count
}

const mostAtOnce = 5000
const mostBytes = 8 * 1024 * 1024

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
  { topic, partition, first }: Span,
  from: number,
): Promise<number> => {
  const timestamp = options.now().getTime()
  for (let offset = from; offset < first; offset += fillerBatch) {
    const length = Math.min(fillerBatch, first - offset)
    const filler: NewMessage = { topic, partition, timestamp, key: null, value: null, headers: [] }
    await append(
      options,
      Array.from({ length }, () => filler),
      offset,
    )
  }
  await options.kafka.deleteBefore([{ topic, partition, offset: first }])
  return first
}

const append = async ({ kafka }: MoveOptions, messages: NewMessage[], offset: number): Promise<void> => {
  const stored = await kafka.append(messages)
  if (stored[0]?.offset !== offset || stored.at(-1)?.offset !== offset + messages.length - 1)
    throw new Problem('conflict', 'Somebody else writes to the topics in Kafka; the move stops')
}

/** An append holds its partitions' rows until it is committed: behind this none is left. */
const close = (sql: Sql): Promise<void> =>
  transaction(sql, async (tx) => {
    await tx`select topic from partitions order by topic, partition for update`
    await tx`update partitions set closed = true where not closed`
  })

/** Where each group goes on: its commit, or where it began. What was answered and not committed is read again. */
const copyOffsets = async ({ sql, kafka }: MoveOptions): Promise<void> => {
  const rows = await sql<(TopicPartitionOffset & { group: string })[]>`
    select group_name as "group", topic, partition, next_offset as "offset" from committed_offsets
    union all
    select group_name, topic, partition, start_position from holdings
    where start_position is not null and not exists (
      select 1 from committed_offsets done
      where done.group_name = holdings.group_name and done.topic = holdings.topic and done.partition = holdings.partition)`
  for (const [group, offsets] of Map.groupBy(rows, ({ group }) => group))
    await kafka.resetGroup(
      group,
      offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
      true,
    )
}
