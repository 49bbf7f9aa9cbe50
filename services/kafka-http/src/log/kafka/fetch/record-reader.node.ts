import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka'
import type { Header, Message } from '../../message-log.ts'
import type { Fetched } from './fetch-api.node.ts'

export type RecordReader = {
  /** The next records as messages, up to these bounds; a single one always fits. */
  take: (most: number, mostBytes: number) => Message[]
  /** Behind what was taken, and behind what nobody shall see. */
  position: () => number
  isEmpty: () => boolean
  bytes: () => number
}
type Batch = {
  firstOffset: number
  firstTimestamp: number
  maxTimestamp: number
  attributes: number
  records: Buffer
  count: number
}

const headBytes = 61
const compression = 0b111
const logAppendTime = 0b1000
const transactional = 0b10000
const control = 0b100000

/** Records are decoded when they are asked for, so what waits here stays as it came. */
export const createRecordReader = (
  topic: string,
  { partition, records, aborted }: Pick<Fetched, 'partition' | 'records' | 'aborted'>,
  from: number,
): RecordReader => {
  const abortedSince = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const abortedNow = new Set<bigint>()
  let at = 0
  let batch: Batch | undefined
  let inBatch = 0
  let left = 0
  let position = from

  /** False when there is no further whole batch. Control batches and what was aborted are stepped over. */
  const nextBatch = (): boolean => {
    for (;;) {
      if (records.length - at < headBytes) return false
      const length = records.readInt32BE(at + 8) + 12
      if (records.length - at < length) return false
      const head = records.subarray(at, at + length)
      at += length
      const firstOffset = Number(head.readBigInt64BE(0))
      const behind = firstOffset + head.readInt32BE(23) + 1
      if (isHidden(head, firstOffset)) {
        position = Math.max(position, behind)
        continue
      }
      if (behind <= position) continue
      batch = openBatch(head, firstOffset)
      inBatch = 0
      left = batch.count
      lastBehind = behind
      return true
    }
  }
  let lastBehind = from

  const isHidden = (head: Buffer, firstOffset: number): boolean => {
    const attributes = head.readInt16BE(21)
    const producerId = head.readBigInt64BE(43)
    while (abortedSince[0] && Number(abortedSince[0].firstOffset) <= firstOffset)
      abortedNow.add((abortedSince.shift() as { producerId: bigint }).producerId)
    if ((attributes & control) !== 0) {
      // An abort marker ends what it aborts.
      abortedNow.delete(producerId)
      return true
    }
    return (attributes & transactional) !== 0 && abortedNow.has(producerId)
  }

  const next = (): Message | undefined => {
    for (;;) {
      if (left === 0) {
        if (batch) position = Math.max(position, lastBehind)
        batch = undefined
        if (!nextBatch()) return undefined
      }
      if (!batch) return undefined
      const { message, end } = readRecord(topic, partition, batch, inBatch)
      inBatch = end
      left--
      if (message.offset >= position) return message
    }
  }

  let held: Message | undefined
  const peek = (): Message | undefined => (held ??= next())

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

const openBatch = (head: Buffer, firstOffset: number): Batch => {
  const attributes = head.readInt16BE(21)
  const packed = head.subarray(headBytes)
  const algorithm = compressionsAlgorithmsByBitmask[(attributes & compression) as 1]
  return {
    firstOffset,
    firstTimestamp: Number(head.readBigInt64BE(27)),
    maxTimestamp: Number(head.readBigInt64BE(35)),
    attributes,
    records:
      (attributes & compression) === 0 || !algorithm ? packed : (algorithm.decompressSync(packed) as Buffer),
    count: head.readInt32BE(57),
  }
}

/** A cursor of the record that is being read; kept beside, so that a record costs one object. */
let cursor = 0

const varint = (buffer: Buffer): number => {
  let value = 0
  let scale = 1
  for (;;) {
    const byte = buffer[cursor++] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) break
    scale *= 128
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

const text = (buffer: Buffer): string | null => {
  const length = varint(buffer)
  if (length < 0) return null
  const value = buffer.toString('utf8', cursor, cursor + length)
  cursor += length
  return value
}

const readRecord = (topic: string, partition: number, batch: Batch, start: number) => {
  const { records, firstOffset, firstTimestamp, maxTimestamp, attributes } = batch
  cursor = start
  const length = varint(records)
  const end = cursor + length
  cursor++
  const timestamp = firstTimestamp + varint(records)
  const offset = firstOffset + varint(records)
  const key = text(records) ?? ''
  const value = text(records)
  const count = varint(records)
  const headers: Header[] = []
  for (let i = 0; i < count; i++) headers.push({ key: text(records) ?? '', value: text(records) ?? '' })
  const time = (attributes & logAppendTime) !== 0 ? maxTimestamp : timestamp
  return {
    message: { topic, partition, offset, timestamp: time, key, value, headers } satisfies Message,
    end,
  }
}
