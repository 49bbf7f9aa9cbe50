import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveCanonical } from './canonical.ts'

test('no token that is forged, wrong, or written otherwise than auth writes it is accepted', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveCanonical({ seed, size: 0.03, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
