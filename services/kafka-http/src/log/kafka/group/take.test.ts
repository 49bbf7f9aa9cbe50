import { expect, test } from 'bun:test'
import type { NewMessage } from '../../message-log.ts'
import { createRecordReader } from '../fetch/record-reader.node.ts'
import { encodeBatch } from '../test-messages.node.ts'
import type { Held } from './held.node.ts'
import { takeMessages } from './take.node.ts'

const one: NewMessage = { topic: 't', partition: 0, timestamp: 5, key: 'k', value: 'v', headers: [] }
const aborted = [{ producerId: 7n, firstOffset: 0n }]
const hidden = encodeBatch([one, one], { producerId: 7n, transactional: true })
const broken = (firstOffset: number): Buffer => {
  const batch = encodeBatch([one], { firstOffset })
  batch[65] = 255
  return batch
}
const holding = (partition: number, records: Buffer): Held => ({
  topic: 't',
  partition,
  proven: 0,
  answered: 0,
  committed: 0,
  leaving: false,
  reader: createRecordReader('t', { partition, records, aborted }, 0),
})
const placesOf = (messages: { partition: number; offset: number }[]) =>
  messages.map(({ partition, offset }) => `${partition}/${offset}`)

test('what is broken in one partition keeps no message of another back, and is told when there is no other', () => {
  const sick = holding(0, Buffer.concat([encodeBatch([one]), broken(1)]))
  const well = holding(1, encodeBatch([one, one]))
  expect(placesOf(takeMessages([sick, well], 0, 2))).toEqual(['0/0', '1/0'])
  // Fetched anew from there on, and still broken.
  sick.reader = createRecordReader('t', { partition: 0, records: broken(1), aborted: [] }, 1)
  expect(placesOf(takeMessages([sick, well], 0, 2))).toEqual(['1/1'])
  expect(sick.answered).toBe(1)
  expect(sick).not.toHaveProperty('reader')
  sick.reader = createRecordReader('t', { partition: 0, records: broken(1), aborted: [] }, 1)
  expect(() => takeMessages([sick, well], 0, 2)).toThrow('t/0 is broken from offset 1 on')
  expect(sick).not.toHaveProperty('reader')
})

test('behind what nobody shall see the partition is proven, so that it can be committed and given up', () => {
  const held = holding(0, hidden)
  expect(takeMessages([held], 0, 10)).toEqual([])
  expect(held).toMatchObject({ proven: 2, answered: 2 })
  expect(held.reader).toBeUndefined()
})
