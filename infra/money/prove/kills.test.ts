import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveKills } from './kills.ts'

test('payment, its queue, the bank, 1С and the log killed with -9 at random lose nothing and double nothing', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveKills({ seed, size: 0.005, say: () => {} })
  expect(brokenOf(claims)).toEqual([])
}, 240_000)
