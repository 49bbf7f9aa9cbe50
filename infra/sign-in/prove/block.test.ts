import { expect, test } from 'bun:test'
import { proveBlock } from './block.ts'

/** How quick, only the full proof says: beside other tests a machine is not what it is. */
const isOfTime = (claim: string): boolean => /p50|p99|requests\/s|503/.test(claim)

test('who is blocked, loses his role or whose session ends is refused by both replicas of every service', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveBlock({ seed, size: 0.002, say: (line) => console.log(line) })
  expect(claims.length).toBeGreaterThanOrEqual(10)
  expect(claims.filter(({ ok, claim }) => !ok && !isOfTime(claim))).toEqual([])
}, 180_000)
