import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveOpenid } from './openid.ts'

test('whatever a provider does wrong, nobody is signed in by it; who is linked by a fresh code is', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveOpenid({ seed, size: 0.1, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
  expect(claims).toHaveLength(5)
}, 120_000)
