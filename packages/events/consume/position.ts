import type { Kafka } from '../kafka.ts'
import { partitions } from '../partition.ts'

export type Message = { topic: string; partition: number; offset: number; key: string; value: string }
type Membership = { group: string; instance: string; topics: string[] }

const checkEveryMs = 10_000

/**
 * Where this instance stands. An answer of `consume` can be lost on its way, by a cut connection or a kill, after the gateway
 * has moved the instance's position; so a gap, a start and a long silence are held against what is committed, and the
 * instance is made anew where they differ: it then goes on from the commit.
 */
export const createPosition = (kafka: Kafka, { group, instance, topics }: Membership) => {
  const consumer = kafka.consumer()
  const admin = kafka.admin()
  const expected = new Map<string, number>()
  const places = topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  )
  let joined = false
  let heardAt = 0
  let busy = false
  const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic} ${partition}`

  const offsetsOf = (rows: { topic: string; partition: number; offset: number }[]) =>
    new Map(rows.map((place) => [keyOf(place), place.offset]))

  const committed = async (): Promise<Map<string, number>> =>
    offsetsOf(
      await consumer.committed({ consumerGroupId: group, instanceId: instance, topicPartitions: places }),
    )

  const leave = async (): Promise<void> => {
    const groups = await admin.consumers()
    const known = groups.some(
      ({ name, instances }) => name === group && instances.some((one) => one.name === instance),
    )
    if (known) await admin.removeConsumerInstance(group, instance)
  }

  /** Made anew, the instance goes on from what is committed, or from the oldest that retention has left. */
  const join = async (): Promise<void> => {
    await leave()
    const earliest = offsetsOf(
      await admin.topicPartitionOffsets({ timestamp: 'earliest', topicPartitions: places }),
    )
    const offsets = await committed()
    for (const place of places)
      expected.set(keyOf(place), Math.max(offsets.get(keyOf(place)) ?? 0, earliest.get(keyOf(place)) ?? 0))
    joined = true
    heardAt = Date.now()
  }

  const hasGap = async (messages: Message[]): Promise<boolean> => {
    const firsts = new Map<string, number>()
    for (const message of messages)
      if (!firsts.has(keyOf(message))) firsts.set(keyOf(message), message.offset)
    const ahead = [...firsts].filter(
      ([key, offset]) => expected.has(key) && offset > (expected.get(key) ?? 0),
    )
    if (ahead.length === 0) return false
    const offsets = await committed()
    return ahead.some(([key, offset]) => (offsets.get(key) ?? -1) < offset)
  }

  /** Silence is right only when everything is committed up to the end. */
  const missesSomething = async (): Promise<boolean> => {
    const ends = await admin.topicPartitionOffsets({ timestamp: 'latest', topicPartitions: places })
    const offsets = await committed()
    return ends.some((end) => end.offset > 0 && (offsets.get(keyOf(end)) ?? -1) < end.offset)
  }

  const rejoin = async (): Promise<Message[]> => {
    await join()
    return []
  }

  return {
    /** Waits up to `waitMs` for messages, in order within each partition. */
    poll: async (waitMs: number): Promise<Message[]> => {
      if (!joined) await join()
      const messages: Message[] = await consumer.consume({
        consumerGroupId: group,
        instanceId: instance,
        topics,
        autoCommit: false,
        autoOffsetReset: 'earliest',
        timeout: waitMs,
      })
      busy = true
      if (messages.length > 0) {
        heardAt = Date.now()
        return (await hasGap(messages)) ? rejoin() : messages
      }
      if (Date.now() - heardAt < checkEveryMs) return []
      heardAt = Date.now()
      return (await missesSomething()) ? rejoin() : []
    },
    /** The offset after the last message of each partition, given explicitly: the gateway stores it verbatim. */
    commit: async (messages: Message[]): Promise<void> => {
      const next = new Map(messages.map((message) => [keyOf(message), message]))
      if (next.size > 0) {
        const offset = [...next.values()].map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: offset + 1,
        }))
        await consumer.commit({ consumerGroupId: group, instanceId: instance, offset })
        for (const [key, message] of next) expected.set(key, message.offset + 1)
      }
      busy = false
    },
    leave,
    /** What was heard is not handled: the next poll begins again at the commit. */
    forget: (): void => {
      joined = false
      busy = false
    },
    /** Resolves as soon as no batch is at work. */
    idle: async (): Promise<void> => {
      while (busy) await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}
