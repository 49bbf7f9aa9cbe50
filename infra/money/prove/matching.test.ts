import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveMatching } from './matching.ts'

test('of a day of bank lines all that can be told is told, nothing wrongly, every other line says why, and twice is once', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveMatching({ seed, size: 0.01, say: (line) => console.log(line) })
  expect(claims).toHaveLength(5)
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
