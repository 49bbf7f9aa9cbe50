import { expect, test } from 'bun:test'
import { proveOutboxKills } from '../prove/outbox-kills.ts'

const seed = Math.floor(Math.random() * 1_000_000)

test('writers, relays and a consumer killed with -9 at random lose nothing, invert nothing and double no effect', async () => {
  console.log(`seed ${seed}`)
  const claims = await proveOutboxKills({ seed, size: 0.015, say: () => {} })
  expect(claims.filter(({ ok }) => !ok)).toEqual([])
}, 120_000)
