import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveBlock } from './block.ts'

test('who is blocked, loses his role or whose session ends is refused by both replicas of every service', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveBlock({ seed, size: 0.002, say: (line) => console.log(line) })
  expect(claims.length).toBeGreaterThanOrEqual(10)
  expect(brokenOf(claims)).toEqual([])
}, 180_000)
