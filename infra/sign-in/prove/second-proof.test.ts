import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveSecondProof } from './second-proof.ts'

test('no sensitive route of any service opens without a fresh second proof of the person himself', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveSecondProof({ seed, size: 0.05, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
  expect(claims).toHaveLength(3)
}, 120_000)
