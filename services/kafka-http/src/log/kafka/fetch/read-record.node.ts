import type { Header, Message } from '../../message-log.ts'

/** What lies in the log is not what a producer writes: the place and the reason are told, none of the content. */
export class BrokenRecords extends Error {
  override name = 'BrokenRecords'
}

export type Batch = {
  firstOffset: number
  firstTimestamp: number
  /** The broker's own time of all its records, where the topic wants that instead of theirs. */
  appendedAt: number | undefined
  records: Buffer
  count: number
}

/** The record that is being read, from here to its end; kept beside, so that a record costs one object. */
let cursor = 0
let limit = 0

/** More bytes than this hold no 64 bits. */
const mostScale = 2 ** 62

/** Zigzag; exact in all 53 bits of a number. */
const varint = (buffer: Buffer): number => {
  if (cursor >= limit) throw new BrokenRecords('a record ends too early')
  let byte = buffer[cursor++] as number
  if (byte < 128) return (byte >> 1) ^ -(byte & 1)
  const isNegative = (byte & 1) === 1
  let value = (byte & 127) >> 1
  for (let scale = 64; byte > 127; scale *= 128) {
    if (cursor >= limit || scale > mostScale) throw new BrokenRecords('a number has no end')
    byte = buffer[cursor++] as number
    value += (byte & 127) * scale
  }
  return isNegative ? -value - 1 : value
}

const text = (buffer: Buffer): string | null => {
  const length = varint(buffer)
  if (length < 0) return null
  if (length > limit - cursor) throw new BrokenRecords('a text is longer than its record')
  const value = buffer.toString('utf8', cursor, cursor + length)
  cursor += length
  return value
}

export const readRecord = (topic: string, partition: number, batch: Batch, start: number) => {
  const { records, firstOffset, firstTimestamp, appendedAt } = batch
  cursor = start
  limit = records.length
  const length = varint(records)
  const end = cursor + length
  if (length < 0 || end > limit) throw new BrokenRecords('a record is longer than its batch')
  limit = end
  cursor++
  const timestamp = firstTimestamp + varint(records)
  const offset = firstOffset + varint(records)
  const key = text(records) ?? ''
  const value = text(records)
  const count = varint(records)
  const headers: Header[] = []
  for (let i = 0; i < count; i++) headers.push({ key: text(records) ?? '', value: text(records) ?? '' })
  if (count < 0 || cursor !== end) throw new BrokenRecords('a record has another length than it says')
  return {
    message: {
      topic,
      partition,
      offset,
      timestamp: appendedAt ?? timestamp,
      key,
      value,
      headers,
    } satisfies Message,
    end,
  }
}
