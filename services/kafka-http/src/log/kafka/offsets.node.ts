import { listOffsetsV9, offsetCommitV9, offsetFetchV9 } from '@platformatic/kafka/core'
import type { TopicPartition, TopicPartitionOffset } from '../message-log.ts'
import type { Cluster } from './cluster/cluster.node.ts'
import { KafkaAway } from './cluster/faults.ts'
import { nameOf } from './group/held.node.ts'
import type { Identity } from './group/member.node.ts'

/** -1 where nothing is committed. Without partitions: all that the group has. */
export const readCommitted = async (
  cluster: Cluster,
  group: string,
  partitions: TopicPartition[] | undefined,
): Promise<TopicPartitionOffset[]> => {
  const topics =
    partitions &&
    [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitionIndexes: ofTopic.map(({ partition }) => partition),
    }))
  const { groups } = await cluster.withCoordinator(group, (connection) =>
    offsetFetchV9.api.async(connection, [{ groupId: group, memberEpoch: -1, topics: topics ?? null }], false),
  )
  const found = (groups[0]?.topics ?? []).flatMap(({ name, partitions: ofTopic }) =>
    ofTopic.map(({ partitionIndex, committedOffset }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(committedOffset),
    })),
  )
  if (!partitions) return found.filter(({ offset }) => offset >= 0)
  const known = new Map(found.map((each) => [nameOf(each), each.offset]))
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    offset: known.get(nameOf({ topic, partition })) ?? -1,
  }))
}

/** As this member in this generation; without one, as an operator of a group that has no members. */
export const commitOffsets = async (
  cluster: Cluster,
  group: string,
  identity: Identity | undefined,
  offsets: TopicPartitionOffset[],
): Promise<void> => {
  const last = [...new Map(offsets.map((each) => [nameOf(each), each])).values()]
  const topics = [...Map.groupBy(last, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  }))
  const { memberId = '', generation = -1, groupInstanceId = null } = identity ?? {}
  await cluster.withCoordinator(group, (connection) =>
    offsetCommitV9.api.async(connection, group, generation, memberId, groupInstanceId, topics),
  )
}

const earliest = -2n
const latest = -1n

/** The first offset at or after a time in ms; the end when there is none, so that it can be committed. */
export const readOffsets = async (
  cluster: Cluster,
  partitions: TopicPartition[],
  at: 'earliest' | 'latest' | number,
): Promise<TopicPartitionOffset[]> => {
  const timestamp = at === 'earliest' ? earliest : at === 'latest' ? latest : BigInt(at)
  const found = await list(cluster, partitions, timestamp)
  const beyond = partitions.filter((each) => (found.get(nameOf(each)) ?? -1) < 0)
  const ends = beyond.length > 0 ? await list(cluster, beyond, latest) : new Map<string, number>()
  return partitions.map(({ topic, partition }) => {
    const name = nameOf({ topic, partition })
    const offset = found.get(name) ?? -1
    return { topic, partition, offset: offset >= 0 ? offset : (ends.get(name) ?? 0) }
  })
}

const tries = 12
const pauseMs = 200

/** A leader that has moved, or that a new partition has yet to get, is there a moment later. */
const list = async (
  cluster: Cluster,
  partitions: TopicPartition[],
  timestamp: bigint,
): Promise<Map<string, number>> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await listOnce(cluster, partitions, timestamp)
    } catch (error) {
      if (attempt === tries) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      await cluster.metadata(true)
    }
}

const listOnce = async ({ metadata, links }: Cluster, partitions: TopicPartition[], timestamp: bigint) => {
  const { topics, brokers } = await metadata()
  const byLeader = Map.groupBy(
    new Map(partitions.map((each) => [nameOf(each), each])).values(),
    ({ topic, partition }) => topics.get(topic)?.leaders[partition] ?? -1,
  )
  const answers = await Promise.all(
    [...byLeader].map(async ([leader, ofLeader]) => {
      const address = brokers.get(leader)
      if (!address) throw new KafkaAway('The partition has no leader')
      const asked = [...Map.groupBy(ofLeader, ({ topic }) => topic)].map(([name, ofTopic]) => ({
        name,
        partitions: ofTopic.map(({ partition }) => ({
          partitionIndex: partition,
          currentLeaderEpoch: -1,
          timestamp,
        })),
      }))
      return listOffsetsV9.api.async(await links.at(address, 'meta'), -1, 1, asked)
    }),
  )
  return new Map(
    answers.flatMap(({ topics }) =>
      topics.flatMap(({ name, partitions }) =>
        partitions.map(
          ({ partitionIndex, offset }) => [`${partitionIndex}/${name}`, Number(offset)] as const,
        ),
      ),
    ),
  )
}
