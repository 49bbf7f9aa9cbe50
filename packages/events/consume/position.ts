import { type Kafka, within } from '../kafka.ts'
import { partitions } from '../partition.ts'

export type Message = { topic: string; partition: number; offset: number; key: string; value: string }
type Membership = { group: string; instance: string; topics: string[] }
type TopicPartition = { topic: string; partition: number }
type Upto = TopicPartition & { to: number }
type Offsets = Map<string, number>

const checkEveryMs = 10_000
/** The client itself gives up after 15.5 s, but never on a connection that is silent. */
const answerMs = 20_000
const lookMs = 1000

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`
const offsetsOf = (rows: (TopicPartition & { offset: number })[]): Offsets =>
  new Map(rows.map((place) => [keyOf(place), place.offset]))

/**
 * Where this instance stands. An answer of `consume` can be lost on its way, by a cut connection or a kill, after the gateway
 * has moved the instance's position; so a gap, a start and a long silence are held against what is committed, and the
 * instance is made anew where a message was missed: it then goes on from the commit.
 */
export const createPosition = (
  kafka: Kafka,
  { group, instance, topics }: Membership,
  silenceMs = checkEveryMs,
) => {
  const consumer = kafka.consumer()
  const admin = kafka.admin()
  const places = topics.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  )
  const member = { consumerGroupId: group, instanceId: instance }
  let expected: Offsets = new Map()
  let joined = false
  let left = false
  let heardAt = 0
  let busy = false

  const committed = async (): Promise<Offsets> =>
    offsetsOf(await within(answerMs, consumer.committed({ ...member, topicPartitions: places })))

  const bounds = async (timestamp: 'earliest' | 'latest'): Promise<Offsets> =>
    offsetsOf(await within(answerMs, admin.topicPartitionOffsets({ timestamp, topicPartitions: places })))

  /** What this instance reads of the group's partitions; nothing when the gateway does not know it. */
  const held = async (): Promise<TopicPartition[] | undefined> => {
    const groups = await within(answerMs, admin.consumers())
    const own = groups.find(({ name }) => name === group)?.instances.find(({ name }) => name === instance)
    return own?.topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  }

  const leave = async (): Promise<void> => {
    if (await held()) await within(answerMs, admin.removeConsumerInstance(group, instance))
  }

  /** Made anew, the instance goes on from what is committed, or from the oldest that retention has left. */
  const join = async (): Promise<void> => {
    await leave()
    const earliest = await bounds('earliest')
    const offsets = await committed()
    expected = new Map(
      places.map((place) => {
        const key = keyOf(place)
        return [key, Math.max(offsets.get(key) ?? 0, earliest.get(key) ?? 0)]
      }),
    )
    joined = true
    heardAt = Date.now()
  }

  /** The log itself is asked: offsets may have holes, by transactions or retention, and a hole is no loss. */
  const isMessageIn = async ({ topic, partition, to }: Upto, from: number): Promise<boolean> => {
    const look = { topic, partition, offset: from, timeout: lookMs }
    const [first] = await within(answerMs, consumer.fetch(look))
    return first !== undefined && first.offset < to
  }

  const isAnyUncommitted = async (places: Upto[]): Promise<boolean> => {
    const offsets = await committed()
    const looks = places.map(async (place) => {
      const from = Math.max(offsets.get(keyOf(place)) ?? 0, 0)
      return from < place.to && isMessageIn(place, from)
    })
    return (await Promise.all(looks)).includes(true)
  }

  const hasLost = async (messages: Message[]): Promise<boolean> => {
    const firsts = [...new Map(messages.toReversed().map((message) => [keyOf(message), message])).values()]
    const ahead = firsts.filter((first) => first.offset > (expected.get(keyOf(first)) ?? first.offset))
    return ahead.length > 0 && isAnyUncommitted(ahead.map((first) => ({ ...first, to: first.offset })))
  }

  /** Silence is right only when everything that is this instance's to read is committed up to the end. */
  const missesSomething = async (): Promise<boolean> => {
    const ends = await bounds('latest')
    const own = (await held()) ?? []
    return isAnyUncommitted(own.map((place) => ({ ...place, to: ends.get(keyOf(place)) ?? 0 })))
  }

  const ask = (waitMs: number): Promise<Message[]> =>
    within(
      waitMs + answerMs,
      consumer.consume({
        ...member,
        topics,
        autoCommit: false,
        autoOffsetReset: 'earliest',
        timeout: waitMs,
      }),
    )

  return {
    /** Waits up to `waitMs` for messages, in order within each partition. */
    poll: async (waitMs: number): Promise<Message[]> => {
      if (!joined) await join()
      if (left) return []
      const messages = await ask(waitMs)
      busy = !left && messages.length > 0
      const due = Date.now() - heardAt >= silenceMs
      if (messages.length > 0 || due) heardAt = Date.now()
      const lost = messages.length > 0 ? await hasLost(messages) : due && (await missesSomething())
      if (!lost) return messages
      busy = false
      await join()
      return []
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
        await within(answerMs, consumer.commit({ ...member, offset }))
        for (const [key, message] of next) expected.set(key, message.offset + 1)
      }
      busy = false
    },
    /** Gives the partitions back; what a poll brings after that is nobody's. */
    leave: async (): Promise<void> => {
      left = true
      await leave()
    },
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
