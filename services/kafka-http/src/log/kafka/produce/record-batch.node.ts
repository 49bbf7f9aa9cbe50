import { crc32c } from '@platformatic/kafka/core'
import type { NewMessage } from '../../message-log.ts'

/** Bytes before the records: KIP-98's RecordBatch, magic 2. */
const headBytes = 61
const leastBytes = 1024
/** A varint of 64 bits has ten bytes at most; a record has five besides its texts. */
const mostVarintsBytes = 50

export type RecordBatch = {
  /** Bytes written so far. */
  bytes: () => number
  count: () => number
  add: (message: NewMessage) => void
  /** The finished batch, under the producer's numbers. */
  seal: (numbers: { id: bigint; epoch: number; sequence: number }) => Buffer
}

/** How many bytes a record takes at most; a character of UTF-16 has up to three in UTF-8. */
export const mostBytesOf = ({ key, value, headers }: NewMessage): number => {
  let bytes = mostVarintsBytes + 3 * ((key?.length ?? 0) + (value?.length ?? 0))
  for (const header of headers) bytes += 10 + 3 * (header.key.length + header.value.length)
  return bytes
}

/** Records are written as they come, so that sending costs one checksum and no copy of each message. */
export const createRecordBatch = (): RecordBatch => {
  let buffer = Buffer.allocUnsafe(leastBytes)
  let at = headBytes
  let count = 0
  let firstTimestamp = 0
  let maxTimestamp = 0

  const reserve = (bytes: number): void => {
    if (at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }
  const varint = (number: number): void => {
    if (number >= 0 && number < 64) {
      buffer[at++] = number * 2
      return
    }
    // Zigzag, exact in all 53 bits: times may lie far apart.
    const left = number < 0 ? -number - 1 : number
    let byte = (left % 64) * 2 + (number < 0 ? 1 : 0)
    for (let rest = Math.floor(left / 64); rest > 0; rest = Math.floor(rest / 128)) {
      buffer[at++] = byte | 128
      byte = rest % 128
    }
    buffer[at++] = byte
  }
  const text = (value: string | null): void => {
    if (value === null) {
      varint(-1)
      return
    }
    const { length } = value
    // The length stands before the text: a guess of its size is mended when the text is not ASCII.
    const guess = varintBytes(length)
    const written = buffer.write(value, at + guess)
    const needed = varintBytes(written)
    if (needed !== guess) buffer.copyWithin(at + needed, at + guess, at + guess + written)
    varint(written)
    at += written
  }
  const record = ({ key, value, headers, timestamp }: NewMessage): void => {
    buffer[at++] = 0
    varint(timestamp - firstTimestamp)
    varint(count)
    text(key)
    text(value)
    varint(headers.length)
    for (const header of headers) {
      text(header.key)
      text(header.value)
    }
  }

  return {
    bytes: () => at,
    count: () => count,
    add: (message) => {
      reserve(mostBytesOf(message))
      if (count === 0) firstTimestamp = message.timestamp
      if (count === 0 || message.timestamp > maxTimestamp) maxTimestamp = message.timestamp
      // The record's own length comes first, so it is written a step aside and moved to its place.
      const start = at
      at += lengthRoom
      record(message)
      const length = at - start - lengthRoom
      const end = at
      // Moved before the length is written, which may be longer than its room.
      const room = varintBytes(length)
      if (room !== lengthRoom) buffer.copyWithin(start + room, start + lengthRoom, end)
      at = start
      varint(length)
      at += length
      count++
    },
    seal: ({ id, epoch, sequence }) => {
      buffer.writeBigInt64BE(0n, 0)
      buffer.writeInt32BE(at - 12, 8)
      buffer.writeInt32BE(-1, 12)
      buffer.writeInt8(2, 16)
      buffer.writeInt16BE(0, 21)
      buffer.writeInt32BE(count - 1, 23)
      buffer.writeBigInt64BE(BigInt(firstTimestamp), 27)
      buffer.writeBigInt64BE(BigInt(maxTimestamp), 35)
      buffer.writeBigInt64BE(id, 43)
      buffer.writeInt16BE(epoch, 51)
      buffer.writeInt32BE(sequence, 53)
      buffer.writeInt32BE(count, 57)
      buffer.writeUInt32BE(crc32c(buffer.subarray(21, at)) >>> 0, 17)
      return buffer.subarray(0, at)
    },
  }
}

/** Records between 64 bytes and 8 KiB, which nearly all are, need no move. */
const lengthRoom = 2

/** Of the zigzag form. */
const varintBytes = (length: number): number =>
  length < 64 ? 1 : length < 8192 ? 2 : length < 1_048_576 ? 3 : length < 134_217_728 ? 4 : 5
