import { expect, test } from 'bun:test'
import { proveSber } from './sber.ts'

test('whatever Сбер ID does wrong, nobody is signed in by it, nothing is written, and a page says so', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveSber({ seed, size: 0.1, say: (line) => console.log(line) })
  expect(claims.filter(({ ok }) => !ok)).toEqual([])
  expect(claims).toHaveLength(4)
}, 120_000)
