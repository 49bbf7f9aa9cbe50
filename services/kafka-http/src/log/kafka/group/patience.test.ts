import { expect, test } from 'bun:test'
import { createPatience } from './patience.ts'

/** After which waits it was over, looked at every 100 ms since the last time. */
const waits = (patience: ReturnType<typeof createPatience>, times: number): number[] =>
  Array.from({ length: times }, () => {
    let waited = 0
    while (!patience.isOver(waited)) waited += 100
    return waited
  })

test('who waits in vain asks ever more seldom, down to twice a minute, and soon again after a success', () => {
  const patience = createPatience()
  expect(waits(patience, 6)).toEqual([3000, 6000, 12_000, 24_000, 30_000, 30_000])
  patience.reset()
  expect(waits(patience, 2)).toEqual([3000, 6000])
})
