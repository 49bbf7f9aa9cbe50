import { createRecordsBatch, jsCRC32C, type MessageRecord } from '@platformatic/kafka'
import fc from 'fast-check'
import type { Message, NewMessage } from '../message-log.ts'

/** Around these a varint of a length, in either form, grows by a byte. */
const edges = [31, 32, 63, 64, 127, 128, 4095, 4096, 8190, 8191, 8192]
const longTexts = edges.flatMap((length) => [
  'x'.repeat(length),
  'ж'.repeat(length / 2),
  '€'.repeat(length / 3),
  '😀'.repeat(length / 4),
])
/** Everything that UTF-8 can say, planes beyond the first and NUL included. */
const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 4 },
  { arbitrary: fc.constantFrom('', '\u0000', '\ufeff', '😀', '"\r\n', 'e\u0301'), weight: 2 },
  { arbitrary: fc.constantFrom(...longTexts), weight: 1 },
)
const near = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_000 + 2 ** 31 - 1 })
const far = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 31, 2 ** 52, Number.MAX_SAFE_INTEGER))
const header = fc.record({ key: text, value: text })
const messageOf = (timestamp: fc.Arbitrary<number>): fc.Arbitrary<NewMessage> =>
  fc.record({
    topic: fc.constant('t'),
    partition: fc.constant(0),
    timestamp,
    key: fc.option(text),
    value: fc.option(text),
    headers: fc.array(header, { maxLength: 3 }),
  })
export const message = messageOf(fc.oneof({ arbitrary: near, weight: 6 }, { arbitrary: far, weight: 1 }))
/** Within 25 days: the library's own encoder writes times that lie farther apart wrongly. */
export const nearMessage = messageOf(near)
const many = { minLength: 1, maxLength: 40 }
export const messages = fc.array(message, many)
export const nearMessages = fc.array(nearMessage, many)

export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type BatchOptions = {
  firstOffset?: number
  compression?: (typeof compressions)[number]
  producerId?: bigint
  transactional?: boolean
}

/** As another client writes it and a broker stores it: by the library's own encoder. */
export const encodeBatch = (
  given: NewMessage[],
  { firstOffset = 0, compression = 'none', producerId = -1n, transactional = false }: BatchOptions = {},
): Buffer => {
  const records = given.map(({ topic, key, value, headers, timestamp }) => ({
    topic,
    ...(key !== null && { key: Buffer.from(key) }),
    ...(value !== null && { value: Buffer.from(value) }),
    headers: new Map(headers.map((each) => [Buffer.from(each.key), Buffer.from(each.value)])),
    timestamp: BigInt(timestamp),
  }))
  const { buffer } = createRecordsBatch(records as MessageRecord[], {
    compression,
    producerId,
    ...(transactional && { transactionalId: 'some' }),
  })
  const batch = Buffer.from(buffer)
  batch.writeBigInt64BE(BigInt(firstOffset), 0)
  return batch
}

export const asRead = (given: NewMessage[], firstOffset = 0): Message[] =>
  given.map((each, i) => ({ ...each, key: each.key ?? '', offset: firstOffset + i }))

export type Written = { given: NewMessage[]; firstOffset: number; compression: (typeof compressions)[number] }
/** Batches of one partition, with gaps between them as a compacted topic has. */
export const log = fc
  .array(fc.tuple(nearMessages, fc.constantFrom(...compressions), fc.nat(3)), { minLength: 1, maxLength: 4 })
  .map((parts) => {
    let next = 0
    return parts.map(([given, compression, gap]): Written => {
      const firstOffset = next + gap
      next = firstOffset + given.length
      return { given, firstOffset, compression }
    })
  })
export const bytesOf = (batches: Written[]): Buffer =>
  Buffer.concat(batches.map(({ given, ...options }) => encodeBatch(given, options)))
export const allOf = (batches: Written[]): Message[] =>
  batches.flatMap(({ given, firstOffset }) => asRead(given, firstOffset))

/** Changes a batch as its writer would: the checksum fits. */
export const rewritten = (batch: Buffer, change: (batch: Buffer) => void): Buffer => {
  const changed = Buffer.from(batch)
  change(changed)
  changed.writeInt32BE(changed.length - 12, 8)
  changed.writeUInt32BE(jsCRC32C(changed.subarray(21)), 17)
  return changed
}
