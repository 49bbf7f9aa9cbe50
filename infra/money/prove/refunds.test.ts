import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveRefunds } from './refunds.ts'

test('twenty refunds of 60 % at once, round after round, never come to more than was captured', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveRefunds({ seed, size: 0.01, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
