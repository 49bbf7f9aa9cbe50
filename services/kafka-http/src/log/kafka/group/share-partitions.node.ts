import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka/core'
import { assignPartitions } from '../../assign-partitions.ts'
import type { TopicPartition } from '../../message-log.ts'
import { nameOf } from './held.node.ts'

/** Java's own name of KIP-429's protocol, so that its members and ours may share a group. */
export const protocolName = 'cooperative-sticky'
const version = 3

export type Subscription = { topics: string[]; owned: TopicPartition[]; generation: number }
export type Subscriber = { memberId: string; metadata: Buffer }

const grouped = (places: TopicPartition[]) =>
  [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }))
const flat = (assignments: { topic: string; partitions: number[] }[]): TopicPartition[] =>
  assignments.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))

export const encodeSubscription = ({ topics, owned, generation }: Subscription): Buffer => {
  // Java's sticky assignor reads the generation here, newer ones in the field of its own.
  const userData = Buffer.alloc(4)
  userData.writeInt32BE(generation)
  return encodeConsumerProtocolSubscription({
    version,
    topics,
    userData,
    ownedPartitions: grouped(owned),
    generationId: generation,
  })
}

export const decodeAssignment = (assignment: Buffer): TopicPartition[] =>
  flat(decodeConsumerProtocolAssignment(assignment).assignedPartitions)

export const topicsOf = (metadata: Buffer): string[] => decodeConsumerProtocolSubscription(metadata).topics

/**
 * The leader's part (KIP-429): as few partitions move as possible, and one that moves is given to nobody until its holder has
 * let go of it and joined again, so that no two work on it at once.
 */
export const sharePartitions = (subscribers: Subscriber[], counts: Map<string, number>) => {
  const read = subscribers.map(({ memberId, metadata }) => ({
    memberId,
    ...decodeConsumerProtocolSubscription(metadata),
  }))
  const holders = new Map<string, string>()
  // Who missed a generation holds what he held, unless it is another's since.
  for (const { memberId, ownedPartitions } of read.toSorted((a, b) => a.generationId - b.generationId))
    for (const each of flat(ownedPartitions)) holders.set(nameOf(each), memberId)

  const topics = [...new Set(read.flatMap((each) => each.topics))].sort()
  const shares = topics.flatMap((topic) =>
    Array.from({ length: counts.get(topic) ?? 0 }, (_, partition) => {
      const place = { topic, partition }
      return { ...place, owner: holders.get(nameOf(place)) }
    }),
  )
  const members = read.map(({ memberId, topics }) => ({ name: memberId, topics }))
  const target = assignPartitions(members, shares)
  const given = target.filter((share) => (holders.get(nameOf(share)) ?? share.owner) === share.owner)
  const assignments = subscribers.map(({ memberId }) => ({
    memberId,
    assignment: encodeConsumerProtocolAssignment({
      version,
      assignedPartitions: grouped(given.filter(({ owner }) => owner === memberId)),
    }),
  }))
  return { assignments, withheld: target.length - given.length }
}
