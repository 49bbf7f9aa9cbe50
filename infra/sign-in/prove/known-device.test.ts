import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveKnownDevice } from './known-device.ts'

test('a known device signs in while strangers guess at its account', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveKnownDevice({ seed, size: 0.05, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
  expect(claims).toHaveLength(4)
}, 180_000)
