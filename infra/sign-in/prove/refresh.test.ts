import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveRefresh } from './refresh.ts'

test('fifty refreshes at once go on as one family, and a replay from elsewhere ends it with its access tokens', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveRefresh({ seed, size: 0.03, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
