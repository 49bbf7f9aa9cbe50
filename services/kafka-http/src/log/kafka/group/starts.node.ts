import { Problem } from '@kontora/service'
import type { ConsumeCall, TopicPartition } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { commitOffsets, readCommitted, readOffsets } from '../offsets.node.ts'
import type { Member } from './member.node.ts'

export type Start = TopicPartition & { offset: number; committed: number }

/** Where a partition that is new to an instance begins: at what is committed, else as the instance wished. */
export const findStarts = async (
  cluster: Cluster,
  { group, offsetReset }: Pick<ConsumeCall, 'group' | 'offsetReset'>,
  member: Member,
  partitions: TopicPartition[],
): Promise<Start[]> => {
  const committed = await readCommitted(cluster, group, partitions)
  const unknown = committed.filter(({ offset }) => offset < 0)
  if (unknown.length > 0 && offsetReset === 'none') throw noOffset()
  const begins =
    unknown.length > 0
      ? await readOffsets(cluster, unknown, offsetReset === 'earliest' ? 'earliest' : 'latest')
      : []
  // Where a group begins at the end, whoever takes over before its first commit begins there too.
  if (begins.length > 0 && offsetReset === 'latest')
    await commitOffsets(cluster, group, member.identity(), begins)
  return committed.map(({ topic, partition, offset }) => ({
    topic,
    partition,
    committed: offset,
    offset:
      offset >= 0
        ? offset
        : (begins.find((each) => each.topic === topic && each.partition === partition)?.offset ?? 0),
  }))
}

export const noOffset = () =>
  new Problem('invalid-input', 'The group has no offset, and auto.offset.reset is none')
