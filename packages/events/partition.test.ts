import { expect, test } from 'bun:test'
import { murmur2, partitionOf, partitions } from './partition.ts'

const encode = (text: string) => new TextEncoder().encode(text)

test("murmur2 is Java's, by the vectors of Kafka's own test", () => {
  const vectors = {
    '21': -973_932_308,
    foobar: -790_332_482,
    'a-little-bit-long-string': -985_981_536,
    'a-little-bit-longer-string': -1_486_304_829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
  }
  for (const [key, hash] of Object.entries(vectors)) expect(murmur2(encode(key))).toBe(hash)
  expect(murmur2(new Uint8Array([97, 98, 99]))).toBe(479_470_107)
})

test('bytes that lie inside a larger buffer hash as if they stood alone', () => {
  const buffer = encode('xxfoobar')
  expect(murmur2(buffer.subarray(2))).toBe(-790_332_482)
})

test('keys spread over all partitions, and each keeps its own', () => {
  const counts = Array<number>(partitions).fill(0)
  for (let i = 0; i < 6000; i++) counts[partitionOf(`key ${i}`)] = (counts[partitionOf(`key ${i}`)] ?? 0) + 1
  for (const count of counts) expect(count).toBeGreaterThan(800)
})
