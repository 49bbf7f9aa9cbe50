import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveBudget } from './budget.ts'

test('however many strangers guess, of one account at most ten guesses are compared a day, and its known device gets in', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveBudget({ seed, size: 0.08, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
