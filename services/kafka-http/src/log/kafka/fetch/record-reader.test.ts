import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Message, NewMessage } from '../../message-log.ts'
import { createRecordBatch } from '../produce/record-batch.node.ts'
import {
  allOf,
  asRead,
  type BatchOptions,
  bytesOf,
  encodeBatch,
  log,
  messages,
  rewritten,
} from '../test-messages.node.ts'
import type { Fetched } from './fetch-api.node.ts'
import { createRecordReader } from './record-reader.node.ts'

const readerOf = (records: Buffer, from = 0, aborted: Fetched['aborted'] = []) =>
  createRecordReader('t', { partition: 0, records, aborted }, from)
const readAll = (records: Buffer, from = 0, aborted: Fetched['aborted'] = []): Message[] =>
  readerOf(records, from, aborted).take(1e9, 1e12)

test('what the library writes is read as it was, however it is packed and from wherever', () => {
  fc.assert(
    fc.property(log, fc.nat(170), (batches, from) => {
      const all = allOf(batches)
      const reader = readerOf(bytesOf(batches), from)
      expect(reader.take(1e9, 1e12)).toEqual(all.filter(({ offset }) => offset >= from))
      expect(reader.isEmpty()).toBe(true)
      expect(reader.position()).toBe(Math.max(from, (all.at(-1)?.offset ?? 0) + 1))
    }),
    { numRuns: 300 },
  )
})

test('it comes in parts as small as one likes, none twice and none left out; a single one always fits', () => {
  const bounds = fc.infiniteStream(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(3000)))
  fc.assert(
    fc.property(log, bounds, (batches, parts) => {
      const reader = readerOf(bytesOf(batches))
      const all: Message[] = []
      while (!reader.isEmpty()) {
        const { value: [most, mostBytes] = [1, 1] } = parts.next() as { value?: [number, number] }
        const taken = reader.take(most, mostBytes)
        expect(taken.length).toBeGreaterThan(0)
        expect(taken.length).toBeLessThanOrEqual(most)
        all.push(...taken)
        expect(reader.position()).toBeGreaterThan(all.at(-1)?.offset ?? 0)
      }
      expect(all).toEqual(allOf(batches))
    }),
  )
})

test('what we write ourselves is read as it was', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const batch = createRecordBatch()
      for (const each of given) batch.add(each)
      const sealed = batch.seal({ id: 1n, epoch: 0, sequence: 0 })
      expect(readAll(sealed)).toEqual(asRead(given))
    }),
    { numRuns: 300 },
  )
})

const one: NewMessage = { topic: 't', partition: 0, timestamp: 5, key: 'k', value: 'v', headers: [] }
const marker = (firstOffset: number, producerId: bigint) =>
  rewritten(encodeBatch([one], { firstOffset, producerId }), (batch) => batch.writeInt16BE(0b110000, 21))

test('of a topic with the time of its broker, each record has the time of its batch', () => {
  const batch = rewritten(encodeBatch([one, { ...one, timestamp: 9 }]), (head) =>
    head.writeInt16BE(0b1000, 21),
  )
  expect(readAll(batch).map(({ timestamp }) => timestamp)).toEqual([9, 9])
})

test('a batch of which compaction left the head alone holds nothing, and is stepped over', () => {
  const emptied = rewritten(encodeBatch([one, one], { firstOffset: 3 }).subarray(0, 61), (head) =>
    head.writeInt32BE(0, 57),
  )
  const reader = readerOf(emptied, 3)
  expect(reader.take(100, 1e6)).toEqual([])
  expect(reader.position()).toBe(5)
  const between = Buffer.concat([
    encodeBatch([one, one, one]),
    emptied,
    encodeBatch([one], { firstOffset: 5 }),
  ])
  expect(readAll(between).map(({ offset }) => offset)).toEqual([0, 1, 2, 5])
})

test('what was aborted is hidden up to its marker, what others wrote between is not', () => {
  const by = (firstOffset: number, options: BatchOptions) => encodeBatch([one], { firstOffset, ...options })
  const records = Buffer.concat([
    by(0, { producerId: 1n, transactional: true }),
    by(1, { producerId: 2n, transactional: true }),
    by(2, { producerId: 1n }),
    marker(3, 1n),
    by(4, { producerId: 1n, transactional: true }),
    marker(5, 2n),
  ])
  const aborted = [{ producerId: 1n, firstOffset: 0n }]
  const reader = readerOf(records, 0, aborted)
  expect(reader.take(100, 1e6).map(({ offset }) => offset)).toEqual([1, 2, 4])
  expect(reader.position()).toBe(6)
})
