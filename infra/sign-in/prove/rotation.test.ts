import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveRotation } from './rotation.ts'

test('no verification fails while keys rotate as fast as they may, and strangers make nobody ask for keys more often', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveRotation({ seed, size: 0.03, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
