import { expect, test } from 'bun:test'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import type { Message, NewMessage } from '../../message-log.ts'
import {
  allOf,
  asRead,
  bytesOf,
  encodeBatch,
  log,
  nearMessage,
  rewritten,
  type Written,
} from '../test-messages.node.ts'
import { createRecordReader } from './record-reader.node.ts'

const readerOf = (records: Buffer) => createRecordReader('t', { partition: 0, records, aborted: [] }, 0)
const readAll = (records: Buffer): Message[] => readerOf(records).take(1e9, 1e12)

const one: NewMessage = { topic: 't', partition: 0, timestamp: 5, key: 'k', value: 'v', headers: [] }

/** Those that end before this byte or at it, and where they end. */
const wholeUpTo = (batches: Written[], byte: number): { whole: Written[]; end: number } => {
  let end = 0
  const whole: Written[] = []
  for (const each of batches) {
    const next = end + bytesOf([each]).length
    if (next > byte) break
    end = next
    whole.push(each)
  }
  return { whole, end }
}
test('cut anywhere, it ends with its last whole batch; when not even the first is whole, that is told', () => {
  fc.assert(
    fc.property(log, fc.double({ min: 0, max: 1, noNaN: true }), (batches, share) => {
      const records = bytesOf(batches)
      const length = Math.floor(share * records.length)
      const { whole } = wholeUpTo(batches, length)
      const read = () => readAll(records.subarray(0, length))
      if (length > 0 && whole.length === 0) expect(read).toThrow('the first batch is cut')
      else expect(read()).toEqual(allOf(whole))
    }),
    { numRuns: 300 },
  )
  const [first, second] = [encodeBatch([one, one]), encodeBatch([one, one], { firstOffset: 2 })]
  for (let cut = 0; cut < second.length; cut++)
    expect(readAll(Buffer.concat([first, second.subarray(0, cut)]))).toEqual(asRead([one, one]))
  for (let cut = 1; cut < first.length; cut++)
    expect(() => readAll(first.subarray(0, cut))).toThrow('is broken')
})

/** All that can be had, and whether it ended in a fault. */
const drain = (records: Buffer): { read: Message[]; fault: string | undefined } => {
  const reader = readerOf(records)
  const read: Message[] = []
  try {
    do read.push(...reader.take(7, 1e6))
    while (!reader.isEmpty())
    // Who comes again, as a consumer does, hears of it.
    read.push(...reader.take(7, 1e6))
    return { read, fault: undefined }
  } catch (error) {
    return { read, fault: String(error) }
  }
}

test('a flipped bit never makes a message of its own: what stands before is read, then it is told or cut', () => {
  fc.assert(
    fc.property(log, fc.nat(), fc.nat(7), (batches, place, bit) => {
      const records = bytesOf(batches)
      const at = place % records.length
      const { whole: before, end } = wholeUpTo(batches, at)
      const inBatch = at - end
      // The offset and the leader's epoch are the broker's; no checksum covers them.
      fc.pre(inBatch >= 8 && (inBatch < 12 || inBatch >= 16))
      records[at] = (records[at] as number) ^ (1 << bit)
      const { read, fault } = drain(records)
      expect(read).toEqual(allOf(before))
      // A length that grew makes a last batch that is cut.
      if (inBatch >= 12) expect(fault).toContain('is broken')
    }),
    { numRuns: 500 },
  )
})

test('records that are broken though their checksum fits are told, and read neither beyond their end nor for ever', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255))), {
    minLength: 1,
    maxLength: 4,
  })
  let told = 0
  fc.assert(
    fc.property(fc.array(nearMessage, { minLength: 1, maxLength: 4 }), changes, (given, changed) => {
      const batch = rewritten(encodeBatch(given), (bytes) => {
        for (const [place, byte] of changed) bytes[57 + (place % (bytes.length - 57))] = byte
      })
      const { read, fault } = drain(batch)
      if (fault !== undefined) told++
      expect(fault ?? 'is broken').toContain('is broken')
      expect(JSON.stringify(read).length).toBeLessThan(10_000 + batch.length * 10)
    }),
    { numRuns: 1000 },
  )
  expect(told).toBeGreaterThan(100)
  const twoSaid = rewritten(encodeBatch([one]), (bytes) => bytes.writeInt32BE(2, 57))
  expect(drain(twoSaid)).toEqual({ read: asRead([one]), fault: expect.stringContaining('from offset 1 on') })
})

test('each fault is told by its name, with the place and nothing of the content', () => {
  const records = (...bytes: number[]) =>
    rewritten(Buffer.concat([encodeBatch([one]).subarray(0, 61), Buffer.from(bytes)]), () => {})
  const endless = Array.from({ length: 11 }, () => 255)
  const head = (change: (bytes: Buffer) => void) => rewritten(encodeBatch([one]), change)
  const faults: [string, Buffer][] = [
    [
      'a batch is shorter than its head',
      Buffer.concat([Buffer.alloc(11), Buffer.from([48]), Buffer.alloc(60)]),
    ],
    ['a batch is shorter than its head', Buffer.alloc(80, 255)],
    ...[0, 1, 3].map((old): [string, Buffer] => [
      `a batch has format ${old}, not 2`,
      head((bytes) => bytes.writeInt8(old, 16)),
    ]),
    ['a batch holds less than nothing', head((bytes) => bytes.writeInt32BE(-1, 57))],
    ['a batch is packed by 5, which is unknown', head((bytes) => bytes.writeInt16BE(5, 21))],
    [
      'a batch cannot be unpacked',
      head((bytes) => bytes.writeInt16BE(compressionsAlgorithms.gzip.bitmask, 21)),
    ],
    ['a record ends too early', records()],
    ['a record ends too early', records(2, 0)],
    ['a number has no end', records(...endless)],
    ['a record is longer than its batch', records(20, 0, 0, 0)],
    ['a record is longer than its batch', records(1, 0, 0, 0)],
    ['a text is longer than its record', records(12, 0, 0, 0, 100, 1, 0)],
    ['a record has another length than it says', records(14, 0, 0, 0, 1, 1, 0, 0)],
    ['a record has another length than it says', records(12, 0, 0, 0, 1, 1, 1)],
  ]
  for (const [why, broken] of faults)
    expect(() => readAll(broken)).toThrow(`t/0 is broken from offset 0 on: ${why}`)
})
