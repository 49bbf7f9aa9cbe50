import { expect, test } from 'bun:test'
import { type BankReceipt, isAmount, matchReceipts, type Waiting } from './match-receipts.ts'
import { nextReceiptAskMs, type ReceiptKind, readStatus, transferReceiptDueAt } from './receipt.ts'

test('each of the nine statuses means one thing, and 3 is no success', () => {
  const meant = Array.from({ length: 10 }, (_, status) => {
    const read = readStatus(status)
    return read && `${read.group} ${read.outcome}`
  })
  expect(meant).toEqual([
    'payment sent',
    'payment delivered',
    'payment error',
    'refund sent',
    'refund delivered',
    'refund error',
    'correction sent',
    'correction delivered',
    'correction error',
    undefined,
  ])
})

test('the bank is asked after 1, 5 and 30 minutes, hourly to a day, then four times a day for a month', () => {
  const minute = 60_000
  const asked: number[] = []
  for (let age = 0, next = nextReceiptAskMs(0); next !== undefined; next = nextReceiptAskMs(age)) {
    age += next
    asked.push(age / minute)
  }
  expect(asked.slice(0, 5)).toEqual([1, 5, 30, 90, 150])
  const firstDay = asked.filter((at) => at <= 24 * 60).length
  expect([firstDay, asked.at(-1)! >= 30 * 24 * 60, asked.length]).toEqual([26, true, 26 + 1 + 29 * 4])
})

test.each([
  ['2026-11-23T09:00:00Z', '2026-11-24T21:00:00.000Z'],
  ['2026-11-27T09:00:00Z', '2026-11-30T21:00:00.000Z'],
  ['2026-11-28T22:00:00Z', '2026-11-30T21:00:00.000Z'],
  ['2026-11-22T21:00:00Z', '2026-11-24T21:00:00.000Z'],
])('for a transfer of %s a receipt is wanted by %s', (paid, due) => {
  expect(transferReceiptDueAt(new Date(paid)).toISOString()).toBe(due)
})

const ours = (id: string, kind: ReceiptKind, amountKopecks = 1000, more: Partial<Waiting> = {}): Waiting => ({
  id,
  kind,
  amountKopecks,
  bankUuid: null,
  givenUpUuids: [],
  ...more,
})
const theirs = (uuid: string, status: number, more: Partial<BankReceipt> = {}): BankReceipt => ({
  uuid,
  status,
  type: null,
  amountTotal: undefined,
  cartKopecks: undefined,
  ...more,
})
const matched = (waiting: Waiting[], list: BankReceipt[]) =>
  matchReceipts(waiting, list).matches.map(({ id, uuid, outcome }) => `${id} ${uuid} ${outcome}`)

test('a receipt finds its counterpart by what it is for', () => {
  const waiting = [ours('a', 'advance'), ours('f', 'final'), ours('r', 'refund')]
  const list = [theirs('1', 1), theirs('2', 0, { type: 'close' }), theirs('3', 4)]
  expect(matched(waiting, list)).toEqual(['a 1 delivered', 'f 2 sent', 'r 3 delivered'])
  expect(matched([ours('f', 'final')], [theirs('1', 1)])).toEqual([])
})

test('where the answer has no type, the payment comes before its closing', () => {
  const paid = ours('a', 'advance', 1000, { bankUuid: '1' })
  const list = [
    theirs('1', 1, { type: undefined }),
    theirs('2', 1, { type: undefined, amountTotal: '10.00' }),
  ]
  expect(matched([paid, ours('f', 'final')], list)).toEqual(['a 1 delivered', 'f 2 delivered'])
})

test('several refunds are told apart by their sums, and wait while the bank tells none', () => {
  const waiting = [ours('x', 'refund', 100), ours('y', 'refund', 200)]
  expect(matched(waiting, [theirs('1', 3), theirs('2', 3)])).toEqual([])
  expect(matched(waiting, [theirs('1', 4, { amountTotal: '2.00' }), theirs('2', 3)])).toEqual([
    'y 1 delivered',
    'x 2 sent',
  ])
  expect(matched(waiting, [theirs('1', 3, { cartKopecks: 200 })])).toEqual(['y 1 sent'])
  expect(matched(waiting, [theirs('1', 5)])).toEqual(['x 1 error'])
})

test('one that was given up is not taken again, a correction is told apart, what nobody wants is counted', () => {
  const closing = ours('f', 'final', 1000, { givenUpUuids: ['1'] })
  const list = [theirs('1', 2, { type: 'close' }), theirs('2', 1, { type: 'close' })]
  expect(matched([closing], list)).toEqual(['f 2 delivered'])
  const { corrections, strange } = matchReceipts([], [theirs('8', 8), theirs('1', 1), theirs('9', 9)])
  expect([corrections, strange]).toEqual([[{ uuid: '8', outcome: 'error' }], 2])
})

test.each([
  ['1234.56', 123_456, true],
  ['1234.5', 123_450, true],
  ['1234.500', 123_450, true],
  ['1234', 123_400, true],
  ['123456', 123_456, true],
  ['1234.56', 123_457, false],
  ['1234.567', 123_456, false],
  ['-1', 100, false],
  ['1e3', 100_000, false],
])('the sum %s is %i kopecks: %p', (amountTotal, kopecks, isRight) => {
  expect(isAmount(theirs('1', 1, { amountTotal }), kopecks)).toBe(isRight)
})
