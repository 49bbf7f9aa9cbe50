import type { Message } from '../../message-log.ts'
import type { Fetched } from './fetch-api.node.ts'
import { type Head, openBatch, readHead } from './open-batch.node.ts'
import { type Batch, BrokenRecords, readRecord } from './read-record.node.ts'

export type RecordReader = {
  /** The next records as messages, up to these bounds; a single one always fits. Throws when the next is broken. */
  take: (most: number, mostBytes: number) => Message[]
  /** Behind what was taken, and behind what nobody shall see. */
  position: () => number
  /** Nothing is left, or nothing that can be read. */
  isEmpty: () => boolean
  bytes: () => number
}

/** Records are decoded when they are asked for, so what waits here stays as it came. */
export const createRecordReader = (
  topic: string,
  { partition, records, aborted }: Pick<Fetched, 'partition' | 'records' | 'aborted'>,
  from: number,
): RecordReader => {
  const isHidden = createHidden(aborted)
  let at = 0
  let batch: Batch | undefined
  let inBatch = 0
  let left = 0
  let position = from
  let lastBehind = from

  /** False when there is no further whole batch. Control batches and what was aborted are stepped over. */
  const nextBatch = (): boolean => {
    for (;;) {
      const head = readHead(records, at)
      // A broker sends the first batch whole, however large: without an error it would be asked for without end.
      if (!head && at === 0 && records.length > 0) throw new BrokenRecords('the first batch is cut')
      if (!head) return false
      at += head.bytes.length
      if (isHidden(head)) {
        position = Math.max(position, head.behind)
        continue
      }
      if (head.behind <= position) continue
      batch = openBatch(head)
      inBatch = 0
      left = batch.count
      lastBehind = head.behind
      return true
    }
  }

  const next = (): Message | undefined => {
    for (;;) {
      if (left === 0) {
        if (batch) position = Math.max(position, lastBehind)
        batch = undefined
        if (!nextBatch()) return undefined
      }
      if (!batch) return undefined
      if (left === 0) continue
      const { message, end } = readRecord(topic, partition, batch, inBatch)
      inBatch = end
      left--
      if (message.offset >= position) return message
    }
  }

  let held: Message | undefined
  let fault: Error | undefined
  /** What was read before a fault is still given; the fault is told to who asks for what comes there. */
  const peek = (): Message | undefined => {
    if (held || fault) return held
    try {
      held = next()
    } catch (cause) {
      const why = cause instanceof BrokenRecords ? cause.message : 'it cannot be read'
      fault = new BrokenRecords(`${topic}/${partition} is broken from offset ${position} on: ${why}`, {
        cause,
      })
    }
    return held
  }

  return {
    take: (most, mostBytes) => {
      const taken: Message[] = []
      let bytes = 0
      for (let message = peek(); message && taken.length < most; message = peek()) {
        bytes += (message.value?.length ?? 0) + message.key.length + 64
        if (taken.length > 0 && bytes > mostBytes) break
        taken.push(message)
        position = message.offset + 1
        held = undefined
      }
      if (taken.length === 0 && fault) throw fault
      return taken
    },
    position: () => {
      peek()
      return position
    },
    isEmpty: () => peek() === undefined,
    bytes: () => records.length - at,
  }
}

/** Tells batch after batch, in their order, whether it holds a marker or what was aborted. */
const createHidden = (aborted: Fetched['aborted']) => {
  const since = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const now = new Set<bigint>()
  return ({ firstOffset, producerId, isControl, isTransactional }: Head): boolean => {
    for (let [first] = since; first && Number(first.firstOffset) <= firstOffset; [first] = since) {
      now.add(first.producerId)
      since.shift()
    }
    // An abort marker ends what it aborts.
    if (isControl) now.delete(producerId)
    return isControl || (isTransactional && now.has(producerId))
  }
}
