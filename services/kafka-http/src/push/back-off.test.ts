import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { waitAfter } from './back-off.ts'

test('a wait doubles up to five minutes, loses at most a half by chance, and never falls below what was asked for', () => {
  expect([1, 2, 3, 12, 1000].map((failures) => waitAfter(failures, 0))).toEqual([
    250, 500, 1000, 300_000, 300_000,
  ])
  const failures = fc.integer({ min: 1, max: 10_000 })
  const asked = fc.integer({ min: 0, max: 3_600_000 })
  fc.assert(
    fc.property(failures, fc.integer({ min: 0, max: 255 }), asked, (count, chance, retryAfterMs) => {
      const full = waitAfter(count, 0)
      const wait = waitAfter(count, chance, retryAfterMs)
      expect(wait).toBeGreaterThanOrEqual(Math.max(full / 2, retryAfterMs))
      expect(wait).toBeLessThanOrEqual(Math.max(full, retryAfterMs))
    }),
  )
})
