import { leaveGroupV5 } from '@platformatic/kafka/core'
import type { GroupState, TopicPartitionOffset } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { commitOffsets, readCommitted, readOffsets } from '../offsets.node.ts'
import { describeGroup, listGroups } from './describe-groups.node.ts'

const stateOf = async (cluster: Cluster, group: string): Promise<GroupState> => {
  const [{ members }, committed, { topics }] = await Promise.all([
    describeGroup(cluster, group),
    readCommitted(cluster, group, undefined),
    cluster.metadata(),
  ])
  // What a topic held that is gone.
  const places = committed.filter(({ topic }) => topics.has(topic))
  const firsts = await readOffsets(cluster, places, 'earliest')
  const ends = await readOffsets(cluster, places, 'latest')
  return {
    group,
    instances: members.length,
    partitions: places.map(({ topic, partition, offset }, i) => ({
      topic,
      partition,
      committed: offset,
      first: firsts[i]?.offset ?? 0,
      end: ends[i]?.offset ?? 0,
    })),
  }
}

export const readGroupStates = async (cluster: Cluster): Promise<GroupState[]> =>
  Promise.all((await listGroups(cluster)).map((group) => stateOf(cluster, group)))

/** Kafka takes an operator's commit only for a group without members. */
export const resetGroup = async (
  cluster: Cluster,
  group: string,
  offsets: TopicPartitionOffset[],
  takeOut: boolean,
): Promise<boolean> => {
  const { members } = await describeGroup(cluster, group)
  if (members.length > 0 && !takeOut) return false
  if (members.length > 0) {
    const leaving = members.map(({ memberId, groupInstanceId }) => ({
      memberId: groupInstanceId == null ? memberId : '',
      groupInstanceId,
      reason: 'reset by an operator',
    }))
    await cluster.withCoordinator(group, (connection) => leaveGroupV5.api.async(connection, group, leaving))
  }
  await commitOffsets(cluster, group, undefined, offsets)
  return true
}
