import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { TopicPartitionOffset } from '../../log/message-log.ts'
import type { MoveOptions, Span } from './move-log.ts'

/** Commits wait for this, and go to Kafka: none comes between the copy of the offsets and the end of Postgres' log. */
export const switchLog = async (options: MoveOptions, spans: Span[]): Promise<void> => {
  const { sql, now, reached } = options
  await refuseOther(options, spans)
  await transaction(sql, async (tx) => {
    await tx`set local lock_timeout = '3s'`
    await tx`lock table committed_offsets in share mode`
    const [open] = await tx`select topic from partitions where not closed limit 1`
    if (open) throw new Problem('conflict', 'The log in Postgres was opened again; the move stops')
    await copyOffsets(tx, options)
    await reached('offsets-copied')
    await tx`insert into log_moves (moved_at) values (${now()})`
  })
}

/** Kafka's partitions begin and end where Postgres' do, or what is written next gets other offsets. */
const refuseOther = async ({ kafka }: MoveOptions, spans: Span[]): Promise<void> => {
  const ends = await kafka.offsets(spans, 'latest')
  const other = spans.find(({ next }, i) => ends[i]?.offset !== next)
  if (other) throw new Problem('conflict', `The topic ${other.topic} ends elsewhere in Kafka; the move stops`)
  // A run that died may have left what fills the front.
  const starts = await kafka.offsets(spans, 'earliest')
  const late = spans.filter(({ first }, i) => (starts[i]?.offset ?? 0) < first)
  await kafka.deleteBefore(late.map(({ topic, partition, first }) => ({ topic, partition, offset: first })))
}

/** Where each group goes on: its commit, or where it began. What was answered and not committed is read again. */
const copyOffsets = async (tx: Transaction, { kafka }: MoveOptions): Promise<void> => {
  const rows = await tx<(TopicPartitionOffset & { group: string })[]>`
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
