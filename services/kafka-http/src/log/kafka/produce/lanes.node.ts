import { Problem } from '@kontora/service'
import type { NewMessage, Stored, TopicPartition } from '../../message-log.ts'
import { partlyProblem } from './outcome.ts'
import { createRecordBatch, mostBytesOf, type RecordBatch } from './record-batch.node.ts'

type Request = { left: number; written: number; fault?: Problem; finish: () => void }
/** A message on its way. */
export type Entry = { message: NewMessage; request: Request; offset: number; appendedAt: number }
export type Batch = {
  records: RecordBatch
  entries: Entry[]
  madeAt: number
  /** Under which numbers it was sent first; a repeat keeps them, so that the broker knows it. */
  numbers?: undefined | { id: bigint; epoch: number; sequence: number }
  firstSentAt?: number | undefined
}
/** A partition's batches in their order; one is under way at a time. */
export type Lane = TopicPartition & { queue: Batch[]; underWay?: Batch; notBefore: number }

export type Lanes = {
  add: (messages: NewMessage[]) => Promise<Stored[]>
  /** With something to send and nothing under way. */
  ready: (now: number) => Lane[]
  all: () => Iterable<Lane>
  split: (batch: Batch) => Batch[]
  settle: (batch: Batch, baseOffset: number, appendedAt: number) => void
  refuse: (batch: Batch, fault: Problem) => void
}

/** A broker takes 1 MB a batch unless told otherwise; a larger message goes alone. */
const mostBatchBytes = 900_000
/** What waits in this process altogether. */
const mostWaitingBytes = 128 * 1024 * 1024

/** Gathers what concurrent requests write into one batch for each partition: a single message costs a broker as much as a hundred. */
export const createLanes = (now: () => number): Lanes => {
  const lanes = new Map<string, Map<number, Lane>>()
  let waitingBytes = 0

  const laneOf = (topic: string, partition: number): Lane => {
    const ofTopic = lanes.get(topic) ?? new Map<number, Lane>()
    if (ofTopic.size === 0) lanes.set(topic, ofTopic)
    const lane = ofTopic.get(partition) ?? { topic, partition, queue: [], notBefore: 0 }
    ofTopic.set(partition, lane)
    return lane
  }
  const newBatch = (): Batch => ({ records: createRecordBatch(), entries: [], madeAt: now() })
  const put = (batch: Batch, entry: Entry): void => {
    batch.records.add(entry.message)
    batch.entries.push(entry)
  }
  /** The last of the queue, as long as it has no numbers yet and room. */
  const openBatch = (queue: Batch[], bytes: number): Batch => {
    const last = queue.at(-1)
    if (last && !last.numbers && last.records.bytes() + bytes <= mostBatchBytes) return last
    const batch = newBatch()
    queue.push(batch)
    return batch
  }
  const enqueue = (entry: Entry): void => {
    const { topic, partition } = entry.message
    const bytes = mostBytesOf(entry.message)
    put(openBatch(laneOf(topic, partition).queue, bytes), entry)
    waitingBytes += bytes
  }
  const leave = (batch: Batch, each: (entry: Entry, i: number) => void): void => {
    for (const [i, entry] of batch.entries.entries()) {
      each(entry, i)
      waitingBytes -= mostBytesOf(entry.message)
      if (--entry.request.left === 0) entry.request.finish()
    }
  }

  return {
    add: (messages) => {
      if (waitingBytes > mostWaitingBytes)
        throw new Problem('too-many-requests', 'Too much is waiting to be written', { retryAfterSeconds: 1 })
      const { promise, resolve, reject } = Promise.withResolvers<Stored[]>()
      const finish = () => {
        if (!request.fault) return resolve(entries.map(storedOf))
        reject(request.written > 0 ? partlyProblem() : request.fault)
      }
      const request: Request = { left: messages.length, written: 0, finish }
      const entries = messages.map((message): Entry => ({ message, request, offset: -1, appendedAt: -1 }))
      for (const entry of entries) enqueue(entry)
      return promise
    },
    ready: (time) => {
      const found: Lane[] = []
      for (const ofTopic of lanes.values())
        for (const lane of ofTopic.values())
          if (lane.queue.length > 0 && !lane.underWay && lane.notBefore <= time) found.push(lane)
      return found
    },
    all: function* () {
      for (const ofTopic of lanes.values()) yield* ofTopic.values()
    },
    split: ({ entries, madeAt }) => {
      const half = Math.ceil(entries.length / 2)
      return [entries.slice(0, half), entries.slice(half)].map((part) => {
        const batch = { ...newBatch(), madeAt }
        for (const entry of part) put(batch, entry)
        return batch
      })
    },
    settle: (batch, baseOffset, appendedAt) =>
      leave(batch, (entry, i) => {
        entry.request.written++
        Object.assign(entry, { offset: baseOffset + i, appendedAt })
      }),
    refuse: (batch, fault) =>
      leave(batch, ({ request }) => {
        // What is not known of one part is not known of the whole.
        if (!request.fault || batch.firstSentAt !== undefined) request.fault = fault
      }),
  }
}

const storedOf = ({ message: { topic, partition, timestamp }, offset, appendedAt }: Entry): Stored => ({
  topic,
  partition,
  offset,
  timestamp: appendedAt >= 0 ? appendedAt : timestamp,
})
