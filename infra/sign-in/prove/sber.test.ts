import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveSber } from './sber.ts'

test('whatever Сбер ID does wrong, nobody is signed in by it, nothing is written, and a page says so', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveSber({ seed, size: 0.1, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
  expect(claims).toHaveLength(4)
}, 120_000)
