import { expect, test } from 'bun:test'
import { brokenOf } from '../../stack/prove/claim.ts'
import { proveChecksums } from './checksums.ts'

test('the six vectors of the reference verify, and nothing in their place', async () => {
  const claims = await proveChecksums({ seed: 1, size: 1, say: () => {} })
  expect(brokenOf(claims)).toEqual([])
})
