import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveKopeck } from './kopeck.ts'

test('one kopeck that is wrong anywhere, at the bank or with us, is found, and none is found where none is', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveKopeck({ seed, size: 0.08, say: (line) => console.log(line) })
  expect(claims).toHaveLength(4)
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
