import { expect, test } from 'bun:test'
import { proveTransitions } from './transitions.ts'

test('every pair of state and event is decided, and no illegal step is let through by the database', async () => {
  const claims = await proveTransitions({ seed: 1, size: 1, say: (line) => console.log(line) })
  expect(claims).toHaveLength(3)
  expect(claims.filter(({ ok }) => !ok)).toEqual([])
}, 300_000)
