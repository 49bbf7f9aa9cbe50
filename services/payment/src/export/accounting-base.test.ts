import { expect, test } from 'bun:test'
import { OneCFault } from '@kontora/one-c'
import { asksFirst, judgeFault, leasesOf, pauseMs } from './accounting-base.ts'

const judge = (kind: OneCFault['kind'], code: string, repeats = 1, text?: string) => {
  const judgement = judgeFault(new OneCFault(kind, code, text), repeats)
  return judgement.act === 'wait' ? `wait${judgement.ofBase ? ' of the base' : ''}` : judgement.act
}

/** Row by row what onec.md says in 5.6. */
test.each([
  ['no answer, or one in time', 'unavailable', 'no-answer', 'wait of the base'],
  ['406, no session', 'unavailable', '406', 'wait of the base'],
  ['429', 'unavailable', '429', 'wait of the base'],
  ['502', 'unavailable', '502', 'wait of the base'],
  ['503', 'unavailable', '503', 'wait of the base'],
  ['504', 'unavailable', '504', 'wait of the base'],
  ['500 with a page', 'unavailable', '500', 'wait of the base'],
  ['500 with -1, but locked', 'unavailable', 'locked', 'wait'],
  ['500 with -1', 'business', '-1', 'show'],
  ['a difference', 'business', 'mismatch', 'show'],
  ['412 twice', 'business', 'conflict', 'show'],
  ['400', 'configuration', '2', 'show'],
  ['404 of another code than 9', 'configuration', '8', 'show'],
  ['405', 'configuration', '19', 'show'],
  ['501', 'configuration', '501', 'show'],
  ['401', 'access', '401', 'pause'],
  ['403', 'access', '403', 'pause'],
  ['code 20', 'access', '20', 'pause'],
] as const)('%s: a document does %s %s → %s', (_, kind, code, act) => {
  expect(judge(kind, code)).toBe(act)
})

test('a page with 500 is repeated a few times, then shown; a base that is away is never given up', () => {
  const pages = [1, 2, 3, 4, 5].map((repeats) => judge('unavailable', '500', repeats))
  expect(pages.map((act) => act.split(' ')[0])).toEqual(['wait', 'wait', 'wait', 'wait', 'show'])
  expect(judge('unavailable', '503', 100_000)).toBe('wait of the base')
})

test('only what is wrongly set up alarms us: a refusal is the accountant’s matter', () => {
  expect(judgeFault(new OneCFault('configuration', '10'), 1)).toMatchObject({ alarm: true })
  expect(judgeFault(new OneCFault('business', '-1', 'Период закрыт\0'), 1)).toEqual({
    act: 'show',
    code: '-1',
    text: 'Период закрыт',
    alarm: false,
  })
})

test('pauses double from 2 s to 60 s and spread by up to a quarter', () => {
  expect([1, 2, 3, 5, 6, 40].map((tries) => pauseMs(tries, 0))).toEqual([
    2000, 4000, 8000, 32_000, 60_000, 60_000,
  ])
  expect(pauseMs(1, 255)).toBeLessThanOrEqual(2500)
  expect(pauseMs(1, 255)).toBeGreaterThan(2400)
})

test('a base that failed gets one document at a time, one that failed five times is asked first', () => {
  expect([0, 1, 9].map((faults) => leasesOf({ faults }, 4))).toEqual([4, 1, 1])
  expect([0, 4, 5, 6].map((faults) => asksFirst({ faults }))).toEqual([false, false, true, true])
})
