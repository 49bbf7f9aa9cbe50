import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { areaUnderCurve } from '../enumeration/rank.ts'
import { proveEnumeration } from './enumeration.ts'

test('the rank test sees what is different and not what is alike', () => {
  const even = Array.from({ length: 100 }, (_, i) => i)
  expect(areaUnderCurve(even, even)).toBe(0.5)
  expect(areaUnderCurve([3, 4], [1, 2])).toBe(1)
  expect(areaUnderCurve([1, 2], [3, 4])).toBe(0)
  expect(areaUnderCurve([1, 3], [2, 2])).toBe(0.5)
  expect(
    areaUnderCurve(
      even.map((value) => value + 5),
      even,
    ),
  ).toBeGreaterThan(0.54)
})

test('known, unknown and blocked addresses cannot be told apart, at asking and at each of the first 20 guesses', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveEnumeration({ seed, size: 0.005, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 180_000)
