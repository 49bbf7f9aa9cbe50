import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveTransitions } from './transitions.ts'

test('every pair of state and event is decided, and no illegal step is let through by the database', async () => {
  const claims = await proveTransitions({ seed: 1, size: 1, say: (line) => console.log(line) })
  expect(claims).toHaveLength(3)
  expect(brokenOf(claims)).toEqual([])
}, 300_000)
