import type { GroupState, MessageLog } from '../log/message-log.ts'

export type TopicRow = { topic: string; partition: number; first: number; end: number; messages: number }
export const readTopicRows = async ({
  topics,
  offsets,
}: Pick<MessageLog, 'topics' | 'offsets'>): Promise<TopicRow[]> => {
  const partitions = [...(await topics())]
    .sort()
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })))
  const [firsts, ends] = [await offsets(partitions, 'earliest'), await offsets(partitions, 'latest')]
  return partitions.map(({ topic, partition }, i) => {
    const [first, end] = [firsts[i]?.offset ?? 0, ends[i]?.offset ?? 0]
    return { topic, partition, first, end, messages: end - first }
  })
}

type Partition = GroupState['partitions'][number]
/** How many messages the group has yet to get; what retention took is behind nobody. */
export const lagOf = ({ committed, first, end }: Partition): number =>
  Math.max(0, end - Math.max(committed, first))

export type GroupRow = {
  group: string
  instances: number
  topic: string
  partition: number | ''
  committed: number | ''
  end: number | ''
  lag: number | ''
}
/** A group that has committed nothing yet has one row, without a partition. */
export const groupRows = (groups: GroupState[]): GroupRow[] =>
  groups.flatMap(({ group, instances, partitions }): GroupRow[] =>
    partitions.length === 0
      ? [{ group, instances, topic: '', partition: '', committed: '', end: '', lag: '' }]
      : partitions.map((each) => {
          const { topic, partition, committed, end } = each
          return { group, instances, topic, partition, committed, end, lag: lagOf(each) }
        }),
  )
