import { expect, test } from 'bun:test'
import { decideMatch } from './decide-match.ts'
import { mentionsIn } from './invoice-mentions.ts'
import type { KnownPayer, PayableInvoice } from './match.ts'

const ours = { userId: 'ours', inn: '7707083893', displayName: 'ООО «Ромашка»' }
const other = { userId: 'other', inn: '7736050003', displayName: 'ООО «Лютик»' }
const person = { userId: 'person', inn: null, displayName: 'Иванова Анна Петровна' }
const nameless = { userId: 'nameless', inn: null, displayName: 'Анна' }

const invoice = (count: number, leftKopecks: number, more: Partial<PayableInvoice> = {}): PayableInvoice => ({
  invoiceId: `i${more.numberYear ?? 2026}-${count}`,
  legalEntityId: 'seller',
  userId: ours.userId,
  numberYear: 2026,
  numberCount: count,
  state: 'issued',
  leftKopecks,
  issuedOn: '2026-11-20',
  dueOn: null,
  ...more,
})

type Asked = {
  purpose?: string
  amount?: number
  inn?: string | null
  name?: string | null
  namedInns?: string[]
  invoices: PayableInvoice[]
}

/** As the job asks: what the purpose may mean, and all that those of the ИНН owe. */
const decide = ({
  purpose = '',
  amount = 100,
  inn = ours.inn,
  name = null,
  namedInns = [],
  invoices,
}: Asked) => {
  const payers = new Map<string, KnownPayer>([ours, other, person, nameless].map((one) => [one.userId, one]))
  const mentions = mentionsIn(purpose)
  const decision = decideMatch({
    amountKopecks: amount,
    payerInn: inn,
    payerName: name,
    namedInns,
    mentions,
    named: invoices.filter((one) =>
      mentions.some(
        ({ year, count }) => count === one.numberCount && (year === null || year === one.numberYear),
      ),
    ),
    owed: invoices.filter(
      ({ userId, state, leftKopecks }) =>
        inn !== null &&
        payers.get(userId)?.inn === inn &&
        ['issued', 'expired'].includes(state) &&
        leftKopecks > 0,
    ),
    payerOf: (userId) => payers.get(userId),
  })
  return decision.matched
    ? [
        decision.rule,
        ...decision.parts.map(({ invoiceId, amountKopecks, fit }) => `${invoiceId} ${amountKopecks} ${fit}`),
      ]
    : decision.reason
}

test.each([
  ['the whole of it', 100, 'i2026-1 100 exact'],
  ['a part of it', 60, 'i2026-1 60 partial'],
  ['more than it', 130, 'i2026-1 130 over'],
])('the payer names his invoice and pays %s', (_, amount, part) => {
  expect(
    decide({ purpose: 'сч. 2026-000001', amount, invoices: [invoice(1, 100), invoice(2, 777)] }),
  ).toEqual(['number-and-payer', part])
})

test('a late payment of an expired invoice is its payment', () => {
  expect(decide({ purpose: 'счет 1', invoices: [invoice(1, 100, { state: 'expired' })] })).toEqual([
    'number-and-payer',
    'i2026-1 100 exact',
  ])
})

test('a bare number is of the year whose invoice is open, or whose day was told', () => {
  const lastYear = invoice(1, 100, { numberYear: 2025, issuedOn: '2025-11-20' })
  expect(
    decide({
      purpose: 'счет 1',
      invoices: [invoice(1, 100), { ...lastYear, state: 'paid', leftKopecks: 0 }],
    }),
  ).toEqual(['number-and-payer', 'i2026-1 100 exact'])
  expect(
    decide({ purpose: 'счет 1 от 20.11.2025', amount: 90, invoices: [invoice(1, 100), lastYear] }),
  ).toEqual(['number-and-payer', 'i2025-1 90 partial'])
  expect(decide({ purpose: 'счет 1', invoices: [invoice(1, 100), lastYear] })).toBe('several-fit')
})

test('several that are named are paid when they come to the sum, or some of them do', () => {
  const invoices = [invoice(1, 100), invoice(2, 50), invoice(3, 7)]
  expect(decide({ purpose: 'сч. 1, 2', amount: 150, invoices })).toEqual([
    'numbers-and-payer',
    'i2026-1 100 exact',
    'i2026-2 50 exact',
  ])
  expect(decide({ purpose: 'сч. 1, 2, 3', amount: 57, invoices })).toEqual([
    'numbers-and-payer',
    'i2026-2 50 exact',
    'i2026-3 7 exact',
  ])
  expect(decide({ purpose: 'сч. 1, 2', amount: 120, invoices })).toBe('sum-fits-no-choice')
})

test('an invoice that is paid is paid again only when no open one of this sum could be meant', () => {
  const paid = invoice(1, 0, { state: 'paid' })
  expect(decide({ purpose: 'счет 1', invoices: [paid] })).toEqual(['number-and-payer', 'i2026-1 100 over'])
  expect(decide({ purpose: 'счет 1', invoices: [paid, invoice(2, 100)] })).toBe('named-is-paid')
  expect(decide({ purpose: 'счет 1', invoices: [invoice(1, 0, { state: 'cancelled' })] })).toBe(
    'named-is-cancelled',
  )
  expect(decide({ purpose: 'счет 1', amount: 130, invoices: [invoice(1, 100), invoice(2, 130)] })).toBe(
    'several-fit',
  )
})

test("somebody else's invoice is paid by whoever names its payer", () => {
  const invoices = [invoice(1, 100, { userId: other.userId })]
  expect(decide({ purpose: 'счет 1', invoices })).toBe('payer-differs')
  expect(decide({ purpose: 'счет 1', invoices, namedInns: [other.inn] })).toEqual([
    'number-and-payer',
    'i2026-1 100 exact',
  ])
})

test("a wrong number that is somebody else's does not keep the payer's own sum from being told, unless it is that sum", () => {
  const foreign = (left: number) => invoice(9, left, { userId: other.userId })
  expect(decide({ purpose: 'счет 9', invoices: [invoice(1, 100), foreign(55)] })).toEqual([
    'payer-and-amount',
    'i2026-1 100 exact',
  ])
  expect(decide({ purpose: 'счет 9', invoices: [invoice(1, 100), foreign(100)] })).toBe('payer-differs')
})

test('of a payer without an ИНН the whole number, the sum and the day must fit, and his name may not speak against it', () => {
  const invoices = [invoice(1, 100, { userId: person.userId })]
  const pays = { inn: null, invoices, purpose: 'счет 2026-000001 от 20.11.2026' }
  expect(decide({ ...pays, name: null })).toEqual(['number-and-amount', 'i2026-1 100 exact'])
  expect(decide({ ...pays, name: 'ИВАНОВА АННА ПЕТРОВНА', amount: 60 })).toEqual([
    'number-and-payer',
    'i2026-1 60 partial',
  ])
  expect(decide({ ...pays, name: 'Сидоров Пётр Ильич' })).toBe('not-confirmed')
  expect(decide({ ...pays, name: 'Иванов Сергей Ильич' })).toBe('not-confirmed')
  expect(decide({ ...pays, amount: 99 })).toBe('not-confirmed')
  expect(decide({ ...pays, purpose: 'счет 1' })).toBe('not-confirmed')
  expect(decide({ ...pays, purpose: 'счет 2026-000001 от 21.11.2026' })).toBe('not-confirmed')
  expect(
    decide({ ...pays, inn: '500100732259', invoices: [invoice(1, 100, { userId: nameless.userId })] }),
  ).toEqual(['number-and-amount', 'i2026-1 100 exact'])
})

test('without a number the sum tells it, if only one of what the payer owes is that sum', () => {
  expect(decide({ invoices: [invoice(1, 100), invoice(2, 50)] })).toEqual([
    'payer-and-amount',
    'i2026-1 100 exact',
  ])
  expect(decide({ purpose: 'счет 8', invoices: [invoice(1, 100)] })).toEqual([
    'payer-and-amount',
    'i2026-1 100 exact',
  ])
  expect(decide({ amount: 99, invoices: [invoice(1, 100)] })).toBe('sum-fits-no-choice')
  expect(decide({ invoices: [invoice(1, 100), invoice(2, 100)] })).toBe('several-fit')
})

test('of equal ones the earliest due is paid, unless something was named that cannot be read, or two are due at once', () => {
  const due = (count: number, dueOn: string | null) => invoice(count, 100, { dueOn })
  expect(decide({ invoices: [due(1, '2026-12-01'), due(2, '2026-11-01')] })).toEqual([
    'payer-amount-and-due',
    'i2026-2 100 exact',
  ])
  expect(decide({ purpose: 'счет 8', invoices: [due(1, '2026-12-01'), due(2, '2026-11-01')] })).toBe(
    'several-fit',
  )
  expect(decide({ invoices: [due(1, '2026-11-01'), due(2, '2026-11-01')] })).toBe('several-fit')
  expect(decide({ invoices: [due(1, '2026-11-01'), due(2, null)] })).toBe('several-fit')
})

test('several that come to the sum are paid, if no other choice does', () => {
  const invoices = [invoice(1, 100), invoice(2, 50), invoice(3, 7)]
  expect(decide({ amount: 57, invoices })).toEqual(['payer-and-sum', 'i2026-2 50 exact', 'i2026-3 7 exact'])
  expect(decide({ amount: 150, invoices: [...invoices, invoice(4, 50)] })).toBe('several-fit')
  const many = Array.from({ length: 13 }, (_, i) => invoice(i + 1, 10 + i))
  expect(decide({ amount: 25, invoices: many })).toBe('sum-fits-no-choice')
  expect(
    decide({ amount: many.reduce((sum, { leftKopecks }) => sum + leftKopecks, 0), invoices: many })[0],
  ).toBe('payer-and-sum')
})

test.each([
  [{ invoices: [] }, 'payer-unknown'],
  [{ inn: null, invoices: [] }, 'nothing-named'],
  [{ inn: null, purpose: 'счет 5', invoices: [] }, 'number-unknown'],
])('why nothing was told: %#', (asked, reason) => {
  expect(decide(asked)).toBe(reason as 'payer-unknown')
})
