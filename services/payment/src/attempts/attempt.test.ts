import { expect, test } from 'bun:test'
import type { OrderStatus } from '../vtb/schemas.ts'
import { type AttemptState, attemptStates, judge, nextAskMs } from './attempt.ts'

const order = (orderStatus: number, more: Partial<OrderStatus> = {}): OrderStatus => ({
  orderNumber: 'N',
  orderStatus,
  amount: 100,
  currency: '643',
  ...more,
})
const after = (state: AttemptState, answer: OrderStatus): AttemptState =>
  judge({ state, orderNumber: 'N', amountKopecks: 100 }, answer)?.state ?? state

test('every state meets every status of the bank with one decided outcome', () => {
  const live: AttemptState[] = ['starting', 'unknown', 'open']
  const ended: AttemptState[] = ['failed', 'expired', 'reversed']
  const outcomes: [number, AttemptState | undefined, AttemptState | undefined][] = [
    [0, undefined, undefined],
    [1, undefined, undefined],
    [2, 'settled', 'settled'],
    [3, 'reversed', undefined],
    [4, 'quarantined', 'quarantined'],
    [5, undefined, undefined],
    [6, 'failed', undefined],
    [7, undefined, undefined],
    [8, undefined, undefined],
    [99, undefined, undefined],
  ]
  for (const [status, ofLive, ofEnded] of outcomes) {
    for (const state of live)
      expect([state, status, after(state, order(status))]).toEqual([state, status, ofLive ?? state])
    for (const state of ended)
      expect([state, status, after(state, order(status))]).toEqual([state, status, ofEnded ?? state])
    for (const state of ['settled', 'quarantined'] as const) expect(after(state, order(status))).toBe(state)
  }
  expect(live.length + ended.length + 2).toBe(attemptStates.length)
})

test('what is not our number, amount or currency is quarantined, whatever the bank says of it', () => {
  for (const wrong of [
    { orderNumber: 'M' },
    { amount: 101 },
    { currency: '978' },
    { paymentAmountInfo: { depositedAmount: 99 } },
  ])
    expect(after('open', order(2, wrong))).toBe('quarantined')
  expect(after('open', order(2, { currency: '810', paymentAmountInfo: { depositedAmount: 100 } }))).toBe(
    'settled',
  )
})

test('an order whose time is over has expired, one that was declined has failed', () => {
  expect(after('open', order(6, { actionCode: '-2007' }))).toBe('expired')
  expect(after('open', order(6, { actionCode: '116' }))).toBe('failed')
})

test('the bank is asked every two seconds while somebody looks, then ever slower', () => {
  const minute = 60_000
  expect([0, 19, 25, 40, 90, 1000].map((age) => nextAskMs(age * minute, 2000))).toEqual([
    2000,
    2000,
    10_000,
    minute,
    5 * minute,
    15 * minute,
  ])
})
