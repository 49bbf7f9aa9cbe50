import { expect, test } from 'bun:test'
import { createBuckets } from './buckets.ts'

const clock = () => {
  let ms = 0
  return { now: () => new Date(ms), pass: (more: number) => (ms += more) }
}

test('as many requests as a second holds pass at once, then one at a time as the bucket fills', () => {
  const { now, pass } = clock()
  const { take } = createBuckets(now)
  const limits = { requestsPerSecond: 4, bytesPerSecond: null }
  const tries = () => Array.from({ length: 6 }, () => take('a', limits, 1e9))
  expect(tries()).toEqual([0, 0, 0, 0, 1, 1])
  pass(500)
  expect(tries()).toEqual([0, 0, 1, 1, 1, 1])
  pass(60_000)
  expect(tries().filter((wait) => wait === 0).length).toBe(4)
  expect(take('b', limits, 0)).toBe(0)
})

test('a body larger than a second’s worth passes, and is paid for by waiting', () => {
  const { now, pass } = clock()
  const { take, charge } = createBuckets(now)
  const limits = { requestsPerSecond: null, bytesPerSecond: 100 }
  expect(take('a', limits, 350)).toBe(0)
  expect(take('a', limits, 1)).toBe(3)
  pass(2500)
  expect(take('a', limits, 1)).toBe(1)
  pass(100)
  expect(take('a', limits, 1)).toBe(0)
  charge('a', 1000)
  expect(take('a', limits, 1)).toBe(10)
})

test('a changed limit is in force at once, and a clock that goes back gives nothing', () => {
  const { now, pass } = clock()
  const { take } = createBuckets(now)
  expect(take('a', { requestsPerSecond: 1, bytesPerSecond: null }, 0)).toBe(0)
  pass(-5000)
  expect(take('a', { requestsPerSecond: 1, bytesPerSecond: null }, 0)).toBe(1)
  expect(take('a', { requestsPerSecond: null, bytesPerSecond: null }, 0)).toBe(0)
})
