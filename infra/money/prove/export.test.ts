import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveExport } from './export.ts'

test('whatever 1С does for days, by either channel each document is there once, in order', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveExport({ seed, size: 0.05, say: (line) => console.log(line) })
  expect(claims).toHaveLength(18)
  expect(brokenOf(claims)).toEqual([])
}, 120_000)
