import { initProducerIdV5 } from '@platformatic/kafka/core'
import type { NewMessage, Stored } from '../../message-log.ts'
import type { Cluster, Metadata } from '../cluster/cluster.node.ts'
import { KafkaAway } from '../cluster/faults.ts'
import { type Batch, createLanes, type Lane } from './lanes.node.ts'
import { awayProblem, outcomeOf, unknownProblem } from './outcome.ts'
import { type PartitionAnswer, produce } from './produce-api.node.ts'

export type Producer = {
  append: (messages: NewMessage[]) => Promise<Stored[]>
  queued: () => number
  close: () => void
}

/** What no broker took by then was surely not written. */
const unsentMs = 5000
/** What was sent is asked about for longer: a caller who is refused repeats, and it would be written twice. */
const unknownMs = 25_000
const againMs = 100
const mostRequestBytes = 8 * 1024 * 1024

/**
 * Idempotent (KIP-98), acks of all replicas. Of each partition one batch is under way, so a repeat keeps the order; all
 * partitions of a broker go in one request, and what comes meanwhile gathers for the next.
 */
export const createProducer = (cluster: Cluster, written: (topics: Set<string>) => void): Producer => {
  const now = () => performance.now()
  const lanes = createLanes(now)
  const busy = new Set<number>()
  const sequences = new Map<string, number>()
  let numbering: Promise<{ id: bigint; epoch: number }> | undefined
  let scheduled = false
  let watching: ReturnType<typeof setInterval> | undefined
  let closed = false

  const renumber = (): void => {
    numbering = undefined
    sequences.clear()
  }
  const producerId = (): Promise<{ id: bigint; epoch: number }> => {
    numbering ??= askForId(cluster).catch((error: unknown) => {
      numbering = undefined
      throw error
    })
    return numbering
  }

  const number = (lane: Lane, batch: Batch, producer: { id: bigint; epoch: number }) => {
    if (batch.numbers) return batch.numbers
    const name = `${lane.partition}/${lane.topic}`
    const sequence = sequences.get(name) ?? 0
    batch.numbers = { ...producer, sequence }
    sequences.set(name, (sequence + batch.entries.length) % 2 ** 31)
    return batch.numbers
  }

  const again = (lane: Lane, ...batches: Batch[]): void => {
    lane.queue.unshift(...batches)
    delete lane.underWay
    lane.notBefore = now() + againMs
    setTimeout(() => void wake(true), againMs)
  }

  const settle = (lane: Lane, batch: Batch, answer: PartitionAnswer | undefined, isFirst: boolean): void => {
    const outcome = outcomeOf(answer?.errorCode ?? timedOut, batch.entries.length)
    if (outcome.kind === 'renumber' || outcome.kind === 'split') renumber()
    if (outcome.kind === 'again') again(lane, batch)
    else if (outcome.kind === 'split') again(lane, ...lanes.split(batch))
    // Sent before under the lost numbers, it may lie there already.
    else if (outcome.kind === 'renumber' && isFirst)
      again(lane, { ...batch, numbers: undefined, firstSentAt: undefined })
    else {
      delete lane.underWay
      if (outcome.kind === 'written' && answer) lanes.settle(batch, answer.baseOffset, answer.appendedAt)
      else lanes.refuse(batch, outcome.kind === 'refused' ? outcome.problem : unknownProblem())
    }
  }

  const send = async (node: number, metadata: Metadata, taken: Lane[]): Promise<void> => {
    const sending = taken.flatMap((lane) => {
      const batch = lane.queue.shift()
      if (batch) lane.underWay = batch
      return batch ? [{ lane, batch, first: batch.firstSentAt === undefined }] : []
    })
    try {
      const address = metadata.brokers.get(node)
      if (!address) throw new KafkaAway('The leader is not in the metadata')
      const connection = await cluster.links.at(address, 'produce')
      const producer = await producerId()
      const batches = sending.map(({ lane, batch }) => {
        const { topic, partition } = lane
        batch.firstSentAt ??= now()
        return { topic, partition, records: batch.records.seal(number(lane, batch, producer)) }
      })
      const answers = await produce.async(connection, batches)
      for (const { lane, batch, first } of sending)
        settle(
          lane,
          batch,
          answers.find((each) => each.partition === lane.partition && each.topic === lane.topic),
          first,
        )
      written(new Set(sending.map(({ lane }) => lane.topic)))
    } catch {
      for (const { lane, batch } of sending) again(lane, batch)
    }
  }

  const pump = async (node: number): Promise<void> => {
    if (busy.has(node)) return
    busy.add(node)
    try {
      for (;;) {
        const metadata = await cluster.metadata()
        const taken = withinBytes(lanes.ready(now()).filter((lane) => leaderOf(metadata, lane) === node))
        if (taken.length === 0) return
        await send(node, metadata, taken)
      }
    } finally {
      busy.delete(node)
    }
  }

  const wake = async (stale = false): Promise<void> => {
    scheduled = false
    const metadata = await cluster.metadata(stale).catch(() => undefined)
    if (!metadata) {
      if (!closed && queued() > 0) setTimeout(() => void wake(true), againMs)
      return
    }
    const nodes = new Set(lanes.ready(now()).map((lane) => leaderOf(metadata, lane)))
    for (const node of nodes) if (metadata.brokers.has(node)) void pump(node)
    const leaderless = [...nodes].some((node) => !metadata.brokers.has(node))
    if (leaderless && !closed) setTimeout(() => void wake(true), againMs)
  }

  const giveUp = (): void => {
    const time = now()
    for (const lane of lanes.all()) {
      const isUnsent = (batch: Batch) => batch.firstSentAt === undefined && time - batch.madeAt > unsentMs
      const isUnknown = ({ firstSentAt = time }: Batch) => time - firstSentAt > unknownMs
      const late = lane.queue.filter((batch) => isUnsent(batch) || isUnknown(batch))
      if (late.some(isUnknown)) renumber()
      lane.queue = lane.queue.filter((batch) => !late.includes(batch))
      for (const batch of late) lanes.refuse(batch, isUnsent(batch) ? awayProblem() : unknownProblem())
    }
    if (queued() === 0) {
      clearInterval(watching)
      watching = undefined
    }
  }

  const queued = (): number => {
    let count = 0
    for (const { queue, underWay } of lanes.all()) count += queue.length + (underWay ? 1 : 0)
    return count
  }

  return {
    append: (messages) => {
      const stored = lanes.add(messages)
      watching ??= setInterval(giveUp, 250)
      // At once: what comes while it is under way gathers for the next.
      if (!scheduled) queueMicrotask(() => void wake())
      scheduled = true
      return stored
    },
    queued,
    close: () => {
      closed = true
      clearInterval(watching)
    },
  }
}

/** REQUEST_TIMED_OUT: what has no answer is sent again. */
const timedOut = 7

const leaderOf = ({ topics }: Metadata, { topic, partition }: Lane): number =>
  topics.get(topic)?.leaders[partition] ?? -1

const withinBytes = (ready: Lane[]): Lane[] => {
  let bytes = 0
  return ready.filter(({ queue }, i) => {
    bytes += queue[0]?.records.bytes() ?? 0
    return i === 0 || bytes <= mostRequestBytes
  })
}

const askForId = async ({ metadata, links }: Cluster): Promise<{ id: bigint; epoch: number }> => {
  const { brokers } = await metadata()
  const [address] = brokers.values()
  if (!address) throw new KafkaAway('There is no broker')
  const { producerId: id, producerEpoch: epoch } = await initProducerIdV5.api.async(
    await links.at(address, 'meta'),
    null,
    60_000,
    -1n,
    -1,
  )
  return { id, epoch }
}
