import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveOneGuard } from './one-guard.ts'

test('no way gives a token to the blocked, the locked, the deleted and the unverified, and each way is tried', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveOneGuard({ seed, size: 0.05, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
