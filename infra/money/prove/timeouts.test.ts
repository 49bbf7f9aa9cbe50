import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveTimeouts } from './timeouts.ts'

test('a bank that does what it is told and does not answer charges and refunds nobody twice', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveTimeouts({ seed, size: 0.01, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
