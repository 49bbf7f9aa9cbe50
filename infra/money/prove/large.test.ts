import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveLarge } from './large.ts'

test('the largest sums survive to the kopeck, a million takes every path, and what a channel does not take is refused', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveLarge({ seed, size: 0.02, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
