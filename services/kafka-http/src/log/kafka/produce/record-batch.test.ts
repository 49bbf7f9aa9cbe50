import { expect, test } from 'bun:test'
import { jsCRC32C, Reader, type RecordsBatch, readRecordsBatch } from '@platformatic/kafka'
import fc from 'fast-check'
import type { NewMessage } from '../../message-log.ts'
import { message, messages } from '../test-messages.node.ts'
import { createRecordBatch, mostBytesOf } from './record-batch.node.ts'

const usual = { id: 7n, epoch: 0, sequence: 0 }
const seal = (given: NewMessage[], numbers = usual): Buffer => {
  const batch = createRecordBatch()
  for (const each of given) batch.add(each)
  return batch.seal(numbers)
}
const read = (sealed: Buffer): RecordsBatch => readRecordsBatch(Reader.from(sealed))

const textOf = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString())
const messagesOf = ({ firstTimestamp, records }: RecordsBatch): NewMessage[] =>
  records.map(({ key, value, headers, timestampDelta }) => ({
    topic: 't',
    partition: 0,
    timestamp: Number(firstTimestamp + timestampDelta),
    key: textOf(key),
    value: textOf(value),
    headers: headers.map(([name, text]) => ({ key: `${name}`, value: `${text}` })),
  }))

test('the library reads what we write as it was: nothing, empty and tombstones, headers, times, in their order', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const batch = read(seal(given))
      expect(messagesOf(batch)).toEqual(given)
      expect(batch.records.map(({ offsetDelta }) => offsetDelta)).toEqual(given.map((_, i) => i))
      expect(batch.records.every(({ attributes }) => attributes === 0)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('the head says how much follows, when, and under which numbers; the checksum is right and follows them', () => {
  const numbers = fc.record({
    id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    epoch: fc.integer({ min: 0, max: 2 ** 15 - 1 }),
    sequence: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  })
  fc.assert(
    fc.property(messages, numbers, numbers, (given, before, { id, epoch, sequence }) => {
      const batch = createRecordBatch()
      for (const each of given) batch.add(each)
      // A batch that a new producer id sends again.
      batch.seal(before)
      const sealed = batch.seal({ id, epoch, sequence })
      const times = given.map(({ timestamp }) => timestamp)
      expect(read(sealed)).toMatchObject({
        firstOffset: 0n,
        length: sealed.length - 12,
        magic: 2,
        crc: jsCRC32C(sealed.subarray(21)),
        attributes: 0,
        lastOffsetDelta: given.length - 1,
        firstTimestamp: BigInt(times[0] as number),
        maxTimestamp: BigInt(Math.max(...times)),
        producerId: id,
        producerEpoch: epoch,
        firstSequence: sequence,
      })
    }),
  )
})

test('no record takes more room than was reserved for it', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const batch = createRecordBatch()
      for (const each of given) {
        const before = batch.bytes()
        batch.add(each)
        expect(batch.bytes() - before).toBeLessThanOrEqual(mostBytesOf(each))
      }
      expect(batch.count()).toBe(given.length)
    }),
  )
})

test('1 MB passes, and what stands around it, at the edges of a length of three bytes and four', () => {
  const lengths = [0, 1, 1024, 524_287, 524_288, 1_000_000, 1_048_575, 1_048_576]
  fc.assert(
    fc.property(
      message,
      fc.constantFrom(...lengths),
      fc.constantFrom('x', 'ж', '€', '😀'),
      (small, bytes, letter) => {
        const value = letter.repeat(bytes / Buffer.byteLength(letter))
        const large = { ...small, value, headers: [{ key: '', value }] }
        const given = [small, large, small, { ...small, key: value }]
        expect(messagesOf(read(seal(given)))).toEqual(given)
      },
    ),
    { numRuns: 30 },
  )
})
