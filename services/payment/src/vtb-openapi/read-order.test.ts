import { expect, test } from 'bun:test'
import * as v from 'valibot'
import { readOrder } from './read-order.ts'
import { parseExactly } from './roubles.ts'
import { OrderAnswer } from './schemas.ts'

const now = new Date('2026-11-23T09:00:00Z')
type Answer = { word?: string; payments?: object[]; refunds?: object[]; more?: object; words?: object }

const payment = (word: string, value: number | string = 10, more: object = {}) => ({
  object: { paymentId: `p-${word}`, amount: { value, code: 'RUB' }, status: { value: word }, ...more },
})
const refund = (word: string, value: number, refundId = 'R') => ({
  object: { refundId, amount: { value, code: 'RUB' }, status: { value: word } },
})
const read = ({ word = 'CREATED', payments = [], refunds = [], more = {}, words = {} }: Answer) => {
  const text = JSON.stringify({
    type: 'ORDER',
    object: {
      orderId: 'N',
      orderCode: 'C',
      amount: { value: 10, code: 'RUB' },
      status: { value: word },
      transactions: { payments, refunds },
      ...more,
    },
  })
  return readOrder(v.parse(OrderAnswer, parseExactly(text)).object, words as never, now)
}

test.each([
  ['CREATED', 'pending'],
  ['NEW', 'pending'],
  ['AUTHORIZED', 'held'],
  ['CONFIRMED', 'captured'],
  ['RECONCILED', 'captured'],
  ['DECLINED', 'registered'],
  ['REVERSED', 'reversed'],
  ['VOIDED', 'reversed'],
  ['ACWP', 'unknown'],
  ['confirmed', 'unknown'],
] as const)('a payment that is %s makes the order: %s', (word, state) => {
  expect(read({ payments: [payment(word)] }).state).toBe(state)
})

test.each([
  ['CREATED', 'registered'],
  ['DECLINED', 'declined'],
  ['REVERSED', 'reversed'],
  ['CONFIRMED', 'pending'],
  ['SOMETHING', 'unknown'],
] as const)('an order without payments that is %s is: %s', (word, state) => {
  expect(read({ word }).state).toBe(state)
})

test('words that the papers leave open are what the setting says', () => {
  const words = { ACWP: 'captured', RJCT: 'declined' }
  expect(read({ payments: [payment('ACWP')], words })).toMatchObject({
    state: 'captured',
    capturedKopecks: 1000,
  })
  expect(read({ word: 'RJCT', words }).state).toBe('declined')
})

test('the same money under another word is the same money; two payments of one order are two', () => {
  expect(read({ payments: [payment('RECONCILED')] }).capturedKopecks).toBe(1000)
  const twice = read({ payments: [payment('CONFIRMED'), payment('RECONCILED')] })
  expect(twice).toMatchObject({ state: 'captured', capturedKopecks: 2000 })
})

test('a declined payment is not the end, for the payer may try again until the order ends', () => {
  const until = (expire: string) => read({ payments: [payment('DECLINED')], more: { expire } }).state
  expect(until('2026-11-23T09:10:00Z')).toBe('registered')
  expect(until('2026-11-23T08:56:00Z')).toBe('registered')
  expect(until('2026-11-23T08:54:00Z')).toBe('expired')
  expect(read({ payments: [payment('CREATED')], more: { expire: '2026-11-23T08:00:00Z' } }).state).toBe(
    'pending',
  )
})

test('refunds are known by our numbers, and lower what is on the order when they are done', () => {
  const some = read({
    payments: [payment('CONFIRMED')],
    refunds: [refund('CONFIRMED', 2.5, 'A'), refund('NEW', 1, 'B'), refund('DECLINED', 3, 'C')],
  })
  expect(some).toMatchObject({
    state: 'refunded',
    capturedKopecks: 750,
    refundedKopecks: 250,
    paymentId: 'p-CONFIRMED',
    refunds: [
      { number: 'A', amountKopecks: 250, state: 'done' },
      { number: 'B', amountKopecks: 100, state: 'pending' },
      { number: 'C', amountKopecks: 300, state: 'failed' },
    ],
  })
})

test('what the bank does not tell is not known, and never nothing', () => {
  const untold = read({ more: { transactions: undefined } })
  expect(untold).toMatchObject({ capturedKopecks: undefined, refundedKopecks: undefined })
  const { amount: _, ...unpriced } = payment('CONFIRMED').object
  expect(read({ payments: [{ object: unpriced }] }).capturedKopecks).toBeUndefined()
})

test('the state stands in either spelling, the way is told by the payment, the currency by its code', () => {
  const spelled = { object: { ...payment('X').object, status: undefined, Status: { value: 'CONFIRMED' } } }
  expect(read({ payments: [spelled] }).state).toBe('captured')
  const sbp = read({ payments: [payment('CONFIRMED', 10, { paymentData: { type: 'SBP' } })] })
  expect([sbp.way, sbp.isRouble]).toEqual(['sbp', true])
  expect(read({ more: { amount: { value: 10, code: 'USD' } } }).isRouble).toBe(false)
})
