import { expect, test } from 'bun:test'
import { paymentPurpose } from './payment-purpose.ts'

const named = { number: '2026-000001', issuedOn: '2026-11-23' }
const whole = { ...named, amountKopecks: 1_220_000, leftKopecks: 1_220_000 }
const head = 'Оплата по счету № 2026-000001 от 23.11.2026. '

test('a purpose names invoice, day and VAT', () => {
  const vat = [{ percent: 22, vatKopecks: 220_000 }]
  expect(paymentPurpose({ ...whole, vat })).toBe(`${head}В том числе НДС 22% 2200.00 руб.`)
})

test.each([
  [[{ percent: null, vatKopecks: 0 }], 'НДС не облагается'],
  [[{ percent: 0, vatKopecks: 0 }], 'В том числе НДС 0% 0.00 руб.'],
  [
    [
      { percent: 22, vatKopecks: 5 },
      { percent: null, vatKopecks: 0 },
      { percent: 10, vatKopecks: 1_250 },
    ],
    'В том числе НДС 22% 0.05 руб., НДС 10% 12.50 руб.',
  ],
])('rates are told apart, and none is said: %#', (vat, words) => {
  expect(paymentPurpose({ ...whole, vat })).toBe(head + words)
})

test('of a part that is left its share of the VAT is told, half a kopeck up', () => {
  const vat = [{ percent: 22, vatKopecks: 220_001 }]
  expect(paymentPurpose({ ...whole, leftKopecks: 610_000, vat })).toBe(
    `${head}В том числе НДС 22% 1100.01 руб.`,
  )
})

test('many rates of the largest sums are told as one, within what a payment order holds', () => {
  const most = Number.MAX_SAFE_INTEGER
  const sums = { ...named, number: 'АБВГДЕЖ-2026-000001', amountKopecks: most, leftKopecks: most }
  const vat = [22, 20, 10, 7, 5].map((percent) => ({ percent, vatKopecks: 1_801_439_850_948_198 }))
  const purpose = paymentPurpose({ ...sums, vat })
  expect(purpose).toEndWith('В том числе НДС 90071992547409.90 руб.')
  expect(purpose.length).toBeLessThanOrEqual(210)
})
