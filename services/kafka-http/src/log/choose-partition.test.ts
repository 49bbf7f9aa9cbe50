import { expect, test } from 'bun:test'
import { createRound, murmur2, partitionOfKey } from './choose-partition.ts'

test("hashes are those of Kafka's own tests", () => {
  const known: Record<string, number> = {
    '21': -973932308,
    foobar: -790332482,
    'a-little-bit-long-string': -985981536,
    'a-little-bit-longer-string': -1486304829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
    abc: 479470107,
  }
  for (const [text, hash] of Object.entries(known)) expect(murmur2(new TextEncoder().encode(text))).toBe(hash)
})

test('a partition is never negative', () => {
  for (let i = 0; i < 1000; i++) {
    const partition = partitionOfKey(`key ${i} ключ`, 6)
    expect(partition).toBeGreaterThanOrEqual(0)
    expect(partition).toBeLessThan(6)
  }
})

test('without a key each partition of a topic has its turn', () => {
  const next = createRound()
  expect(Array.from({ length: 4 }, () => next('red', 3))).toEqual([0, 1, 2, 0])
  expect(next('green', 2)).toBe(0)
})
