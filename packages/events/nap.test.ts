import { expect, test } from 'bun:test'
import { createNap } from './nap.ts'

const timed = async (work: Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work
  return performance.now() - began
}

test('each of two that sleep wakes in its own time', async () => {
  const nap = createNap()
  const [short, long] = await Promise.all([timed(nap.sleep(20)), timed(nap.sleep(80))])
  expect(short).toBeLessThan(70)
  expect(long).toBeGreaterThan(70)
})

test('a wake ends all sleeps, and is used up by them', async () => {
  const nap = createNap()
  const sleeps = Promise.all([timed(nap.sleep(1000)), timed(nap.sleep(1000))])
  nap.wake()
  expect(Math.max(...(await sleeps))).toBeLessThan(500)
  expect(await timed(nap.sleep(50))).toBeGreaterThan(40)
})

test('a wake that comes while nobody sleeps ends the next sleep before it begins', async () => {
  const nap = createNap()
  nap.wake()
  nap.wake()
  expect(await timed(nap.sleep(1000))).toBeLessThan(500)
  expect(await timed(nap.sleep(50))).toBeGreaterThan(40)
})
