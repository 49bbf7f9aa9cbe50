import { expect, test } from 'bun:test'
import { type Capture, type OrderState, orderStates } from '../acquirer/acquirer.ts'
import { readOrder } from '../vtb/read-order.ts'
import type { OrderStatus } from '../vtb/schemas.ts'
import { type AttemptState, attemptStates, judge, nextAskMs } from './attempt.ts'

const order = (orderStatus: number, more: Partial<OrderStatus> = {}): OrderStatus => ({
  orderNumber: 'N',
  orderStatus,
  amount: 100,
  currency: '643',
  ...more,
})
const attempt = (state: AttemptState, capture: Capture = 'auto', askedKopecks: number | null = null) => ({
  state,
  orderNumber: 'N',
  amountKopecks: 100,
  capture,
  askedKopecks,
})
const after = (state: AttemptState, answer: OrderStatus): AttemptState =>
  judge(attempt(state), readOrder(answer))?.state ?? state

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
  // And `held`, which an order of one stage never is.
  expect(live.length + ended.length + 3).toBe(attemptStates.length)
})

const answer = (state: OrderState, capturedKopecks: number | undefined = 100) => ({
  ...readOrder(order(0)),
  state,
  capturedKopecks,
})

test('what is held is settled by what was taken of it, and by nothing else', () => {
  const held: Partial<Record<OrderState, AttemptState>> = {
    captured: 'settled',
    reversed: 'reversed',
    refunded: 'quarantined',
    declined: 'failed',
    expired: 'expired',
  }
  for (const state of orderStates)
    expect(judge(attempt('held', 'manual'), answer(state))?.state).toBe(held[state] as undefined)
  for (const state of ['starting', 'unknown', 'open'] as const)
    expect(judge(attempt(state, 'manual'), answer('held'))).toEqual({ state: 'held' })
  for (const state of ['failed', 'expired', 'reversed'] as const)
    expect(judge(attempt(state, 'manual'), answer('held'))).toEqual({
      state: 'quarantined',
      reason: 'late-hold',
    })
})

test('of a hold so much is settled as was asked and taken; another sum, or a part that nobody tells, is not', () => {
  const taken = (asked: number | null, told: number | undefined) =>
    judge(attempt('held', 'manual', asked), { ...answer('captured'), capturedKopecks: told })
  expect(taken(null, 100)).toMatchObject({ state: 'settled', capturedKopecks: 100 })
  expect(taken(60, 60)).toMatchObject({ state: 'settled', capturedKopecks: 60 })
  expect(taken(60, 100)).toEqual({ state: 'quarantined', reason: 'deposited' })
  expect(taken(null, 60)).toEqual({ state: 'quarantined', reason: 'deposited' })
  expect(taken(60, undefined)).toBeUndefined()
  expect(taken(100, undefined)).toMatchObject({ state: 'settled', capturedKopecks: 100 })
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
