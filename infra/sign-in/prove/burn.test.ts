import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveBurn } from './burn.ts'

test('however many strangers guess at codes of one address and ask for more, the code of its owner works', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveBurn({ seed, size: 0.03, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 60_000)
