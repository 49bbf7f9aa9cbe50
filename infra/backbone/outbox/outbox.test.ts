import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveOutboxKills } from '../prove/outbox-kills.ts'
import { proveParked } from '../prove/parked.ts'

const seed = Math.floor(Math.random() * 1_000_000)

test('writers, relays and a consumer killed with -9 at random lose nothing, invert nothing and double no effect', async () => {
  console.log(`seed ${seed}`)
  const claims = await proveOutboxKills({ seed, size: 0.015, say: () => {} })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)

test('a message that two handlers cannot bear stops and passes what each policy says, and is replayed in one of them alone', async () => {
  console.log(`seed ${seed}`)
  const claims = await proveParked({ seed, size: 0.02, say: () => {} })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
