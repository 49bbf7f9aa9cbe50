import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveGuesses } from './guesses.ts'

test('of 1 000 parallel wrong guesses over two instances at most five are compared, and 1 000 right ones open one session', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveGuesses({ seed, size: 0.02, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
