import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { permutations } from '../permutations/permutations.ts'
import { provePermutations } from './permutations.ts'

test('in whichever order the events of a payment come, it ends alike', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await provePermutations({ seed, size: 0.02, say: (line) => console.log(line) })
  expect(claims).toHaveLength(2)
  expect(brokenOf(claims)).toEqual([])
}, 300_000)

test('there are 720 orders of six, each one once', () => {
  const all = permutations(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(new Set(all.map((order) => order.join(''))).size).toBe(720)
})
