import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { afterCall, type Breaker, type CallOutcome, closed, isWell, tryCall } from './breaker.ts'

const fault: CallOutcome = { kind: 'fault' }
const well: CallOutcome = { kind: 'well' }
const story = (outcomes: CallOutcome[], nowMs = 0): Breaker =>
  outcomes.reduce((breaker, outcome) => afterCall(breaker, outcome, nowMs), closed)
const five = [fault, fault, fault, fault, fault]

test('five faults in a row leave the bank alone, and one good answer between forgets them', () => {
  expect(isWell(story(five.slice(1)))).toBe(true)
  expect(story(five)).toEqual({ state: 'open', untilMs: 5000, openings: 1 })
  expect(isWell(story([...five.slice(1), well, ...five.slice(1)]))).toBe(true)
})

test('when the time is over one call goes to see, all others wait for it', () => {
  const open = story(five)
  expect(tryCall(open, 4999)).toEqual({ next: open, waitMs: 1 })
  const { next, waitMs } = tryCall(open, 5000)
  expect([next.state, waitMs]).toEqual(['trying', 0])
  expect(tryCall(next, 5001).waitMs).toBeGreaterThan(0)
  expect(afterCall(next, well, 5100)).toEqual(closed)
})

test('each vain try doubles the time, up to a minute', () => {
  let breaker = story(five)
  const waits: number[] = []
  for (let i = 0, nowMs = 0; i < 6; i++) {
    if (breaker.state !== 'open') throw new Error('It should be open')
    waits.push(breaker.untilMs - nowMs)
    nowMs = breaker.untilMs
    breaker = afterCall(tryCall(breaker, nowMs).next, fault, nowMs)
  }
  expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000])
})

test('a bank that wants to be left alone is, for as long as it says, and for a quarter of an hour at most', () => {
  const until = (retryAfterMs: number) => {
    const breaker = afterCall(closed, { kind: 'busy', retryAfterMs }, 0)
    return breaker.state === 'open' ? breaker.untilMs : undefined
  }
  expect([until(0), until(30_000), until(86_400_000)]).toEqual([5000, 30_000, 900_000])
})

test('who went to see and never came back does not keep the door shut', () => {
  const { next } = tryCall(story(five), 5000)
  expect(tryCall(next, 39_999).waitMs).toBe(1)
  expect(tryCall(next, 40_000).waitMs).toBe(0)
})

test('a late answer of a call from before neither opens the door nor shuts it for longer', () => {
  const open = story(five)
  expect(afterCall(open, well, 100)).toBe(open)
  expect(afterCall(open, fault, 100)).toBe(open)
})

test('whatever happens, it is never shut for longer than a quarter of an hour, and a good answer to a try opens it', () => {
  const outcome = fc.oneof(
    fc.constant(fault),
    fc.constant(well),
    fc.record({ kind: fc.constant('busy' as const), retryAfterMs: fc.nat(10_000_000) }),
  )
  const step = fc.record({ outcome, passMs: fc.nat(100_000), asks: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [breaker, nowMs]: [Breaker, number] = [closed, 0]
      for (const { outcome: what, passMs, asks } of steps) {
        nowMs += passMs
        if (asks) {
          const { next, waitMs } = tryCall(breaker, nowMs)
          expect(waitMs).toBeLessThanOrEqual(15 * 60_000)
          if (waitMs > 0) continue
          breaker = next
        }
        breaker = afterCall(breaker, what, nowMs)
      }
      const far = tryCall(breaker, nowMs + 16 * 60_000)
      expect(far.waitMs).toBe(0)
      expect(isWell(afterCall(far.next, well, nowMs + 16 * 60_000))).toBe(true)
    }),
  )
})
