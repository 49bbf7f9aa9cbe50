/** What the HTTP door asks of a log: Postgres' own, or a Kafka cluster. */
export type MessageLog = {
  /** Topic → number of its partitions. */
  topics: () => Promise<Map<string, number>>
  /** All or none, in this order within each partition; answers in the order of the request. */
  append: (messages: NewMessage[]) => Promise<Stored[]>
  /** The first messages at these offsets or, at the end of the time-out, none. */
  fetch: (from: TopicPartitionOffset[], wait: Wait) => Promise<Message[]>
  offsets: (
    partitions: TopicPartition[],
    at: 'earliest' | 'latest' | number,
  ) => Promise<TopicPartitionOffset[]>
  consume: (call: ConsumeCall, wait: Wait) => Promise<Message[]>
  /** Without offsets: the position after what the instance was answered. False when there is no such instance. */
  commit: (member: Member, offsets: TopicPartitionOffset[]) => Promise<boolean>
  committed: (group: string, partitions: TopicPartition[]) => Promise<TopicPartitionOffset[]>
  consumers: () => Promise<ConsumerGroup[]>
  removeInstance: (member: Member) => Promise<boolean>
  /** Of a log whose instances live in the memory of one gateway each. */
  living?: () => Promise<Living | undefined>
  /** These topics get so many partitions; none shrinks, and to repeat it changes nothing. */
  growTopics: (counts: Map<string, number>) => Promise<void>
  /** Every group that has an instance or a committed offset. */
  groupStates: () => Promise<GroupState[]>
  /** The group goes on from here. While it has living instances it is refused (false), unless they shall be taken out. */
  resetGroup: (group: string, offsets: TopicPartitionOffset[], takeOut: boolean) => Promise<boolean>
}

export type TopicPartition = { topic: string; partition: number }
export type TopicPartitionOffset = TopicPartition & { offset: number }
export type Header = { key: string; value: string }
export type NewMessage = TopicPartition & {
  timestamp: number
  key: string | null
  /** Null is a tombstone: in a compacted topic it deletes its key. */
  value: string | null
  headers: Header[]
}
export type Stored = TopicPartitionOffset & { timestamp: number }
export type Message = Stored & { key: string; value: string | null; headers: Header[] }

/** `signal` is the caller's own: when he hangs up, the wait ends and what he was to get is not taken from him. */
export type Wait = { timeoutMs: number; signal: AbortSignal; relay?: Relay }

export type Living = {
  list: () => ConsumerGroup[]
  /** The gateway at which the instance lives, when that is another one. */
  homeOf: (member: Member) => Promise<string | undefined>
  forgetHome: (member: Member) => void
  /** An instance moves here from a gateway that goes down, and keeps its place. */
  adopt: (adoption: Adoption) => Promise<void>
}
export type Adoption = {
  call: ConsumeCall
  places: (TopicPartition & { proven: number; answered: number; committed: number })[]
}

/** Another gateway passes the answer on; only that one knows whether it arrived. */
export type Relay = { hasArrived: () => Promise<boolean> }

export type OffsetReset = 'earliest' | 'latest' | 'none'
export type Member = { group: string; instance: string }
/** All but the topics matters only to the call that makes the instance. */
export type ConsumeCall = Member & {
  topics: string[]
  autoCommit: boolean
  offsetReset: OffsetReset
  sessionTimeoutMs: number
  /** Messages in one answer, at most. */
  most: number
}

export type ConsumerGroup = {
  name: string
  instances: { name: string; topics: { topic: string; partitions: number[] }[] }[]
}

/** Of each partition it has committed: where it goes on, and what the partition holds. */
export type GroupState = {
  group: string
  instances: number
  partitions: (TopicPartition & { committed: number; first: number; end: number })[]
}

/** Bounds of one answer; a single message always fits. */
export const mostMessages = 500
export const mostBytes = 1024 * 1024
