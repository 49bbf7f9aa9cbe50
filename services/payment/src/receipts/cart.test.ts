import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { bankItems, legacyVat, orderBundle, type VatRates } from './bundle.ts'
import { type CartItem, type CartLine, cartOfAttempt, countOut, receiptName, sumOf } from './cart.ts'
import { cartOfClosing, cartOfRefund, closableKopecks } from './taken-cart.ts'

const seed = Math.trunc(Math.random() * 2 ** 31)
const check = <Values extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<Values>) =>
  fc.assert(property, { seed, numRuns: 500 })

const rate = (
  code: string,
  percent: number | null,
  taxType: number,
  advanceTaxType: number,
  validTo?: string,
) => [code, { code, percent, taxType, advanceTaxType, validTo: validTo ?? null }] as const
const rates: VatRates = new Map([
  rate('none', null, 0, 0),
  rate('10', 10, 2, 4),
  rate('20', 20, 6, 7, '2025-12-31'),
  rate('22', 22, 14, 15),
])
const options = { rates, paymentObject: 4 }

const line = (amountKopecks: number, quantity = 1, more: Partial<CartLine> = {}): CartLine => ({
  position: 0,
  title: 'Сопровождение',
  quantity,
  amountKopecks,
  vat: '22',
  ...more,
})
const lines = fc
  .array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
      amountKopecks: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 10 ** 10 })),
      vat: fc.constantFrom('none', '10', '22'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) => all.map((one, position): CartLine => ({ position, title: `Строка ${position}`, ...one })))

const paying = { isHandedOver: false, counting: 'counted' as const, earlier: [] }
const isExact = (items: CartItem[]): boolean =>
  items.every(
    ({ quantity, priceKopecks, amountKopecks }) =>
      Number.isInteger(quantity) &&
      quantity > 0 &&
      priceKopecks > 0 &&
      BigInt(quantity) * BigInt(priceKopecks) === BigInt(amountKopecks),
  )

test(`a cart of the whole has each line exactly, in quantity too, and comes to the amount (seed ${seed})`, () => {
  check(
    fc.property(lines, fc.constantFrom('counted' as const, 'one' as const), (all, counting) => {
      const items = cartOfAttempt({ ...paying, counting, lines: all, amountKopecks: sumOf(all) })
      expect(isExact(items)).toBe(true)
      expect(sumOf(items)).toBe(sumOf(all))
      for (const { position, amountKopecks, quantity } of all) {
        const rows = items.filter((item) => item.line === position)
        expect(sumOf(rows)).toBe(amountKopecks)
        expect(rows.length).toBeLessThanOrEqual(2)
        const pieces = rows.reduce((sum, row) => sum + row.quantity, 0)
        expect(pieces).toBe(counting === 'counted' && amountKopecks >= quantity ? quantity : 1)
      }
      expect(new Set(items.map(({ positionId }) => positionId)).size).toBe(items.length)
      expect(items.every(({ method }) => method === 1)).toBe(true)
    }),
  )
})

test(`payments in parts come to each line in the end, and every one to its own sum (seed ${seed})`, () => {
  check(
    fc.property(
      lines,
      fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 6 }),
      (all, cuts) => {
        const earlier: CartItem[] = []
        const pay = (amountKopecks: number) => {
          const items = cartOfAttempt({ ...paying, lines: all, earlier, amountKopecks })
          expect(isExact(items)).toBe(true)
          expect(sumOf(items)).toBe(amountKopecks)
          earlier.push(...items)
        }
        for (const cut of cuts) {
          const left = sumOf(all) - sumOf(earlier)
          const part = Math.floor((left * cut) / 1000)
          if (part > 0) pay(part)
        }
        const rest = sumOf(all) - sumOf(earlier)
        if (rest > 0) pay(rest)
        for (const { position, amountKopecks } of all)
          expect(sumOf(earlier.filter((item) => item.line === position))).toBe(amountKopecks)
        expect(
          earlier.every(({ method, line: of, amountKopecks }) => {
            const whole = all.find(({ position }) => position === of)?.amountKopecks
            return method === 2 || (method === 1 && amountKopecks <= (whole ?? 0))
          }),
        ).toBe(true)
      },
    ),
  )
})

test(`refunds in parts take the cart away to the kopeck, and what is closed is what is left (seed ${seed})`, () => {
  check(
    fc.property(
      lines,
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
      (all, cuts) => {
        const cart = cartOfAttempt({ ...paying, lines: all, amountKopecks: sumOf(all) })
        const refunded: CartItem[] = []
        for (const cut of cuts) {
          const left = sumOf(cart) - sumOf(refunded)
          const amountKopecks = Math.floor((left * cut) / 1000)
          if (amountKopecks === 0) continue
          const items = cartOfRefund({ cart, refunded, amountKopecks, isClosed: false })!
          expect(isExact(items)).toBe(true)
          expect(sumOf(items)).toBe(amountKopecks)
          refunded.push(...items)
          for (const { positionId, amountKopecks: whole } of cart)
            expect(sumOf(refunded.filter((one) => one.positionId === positionId))).toBeLessThanOrEqual(whole)
        }
        const left = sumOf(cart) - sumOf(refunded)
        expect(closableKopecks({ cart, refunded })).toBe(left)
        expect(cartOfRefund({ cart, refunded, amountKopecks: left + 1, isClosed: false })).toBeUndefined()
        const closing = left > 0 ? cartOfClosing({ cart, refunded, amountKopecks: left })! : []
        expect([sumOf(closing), isExact(closing), closing.every(({ method }) => method === 4)]).toEqual([
          left,
          true,
          true,
        ])
      },
    ),
  )
})

test.each([
  [3, 30_000, [[3, 10_000]]],
  [
    3,
    29_999,
    [
      [1, 9999],
      [2, 10_000],
    ],
  ],
  [
    3,
    30_001,
    [
      [2, 10_000],
      [1, 10_001],
    ],
  ],
  [7, 6, [[1, 6]]],
  [1, 5, [[1, 5]]],
  [
    1_000_000,
    9_007_199_254_740_991,
    [
      [259_009, 9_007_199_254],
      [740_991, 9_007_199_255],
    ],
  ],
])('%i pieces for %i kopecks are counted out as %j', (quantity, amount, rows) => {
  const counted = countOut(quantity, amount, 'counted')
  expect(counted.map((row) => [row.quantity, row.priceKopecks])).toEqual(rows)
  expect(sumOf(counted)).toBe(amount)
  expect(countOut(quantity, amount, 'one')).toEqual([
    { quantity: 1, priceKopecks: amount, amountKopecks: amount },
  ])
})

test('what is handed over by the time it is paid whole is a full payment; in parts it is prepaid, to be closed', () => {
  const handed = { ...paying, isHandedOver: true, lines: [line(1000)] }
  expect(cartOfAttempt({ ...handed, amountKopecks: 1000 })).toMatchObject([{ method: 4 }])
  const first = cartOfAttempt({ ...handed, amountKopecks: 400 })
  expect(first).toMatchObject([{ method: 2, amountKopecks: 400 }])
  expect(cartOfAttempt({ ...handed, earlier: first, amountKopecks: 600 })).toMatchObject([
    { method: 2, amountKopecks: 600 },
  ])
})

test('a payment that covers one line whole and another in part says so of each', () => {
  const two = [line(1000), line(1000, 1, { position: 1 })]
  const first = cartOfAttempt({ ...paying, lines: two, amountKopecks: 1000 })
  expect(first.map(({ method, amountKopecks }) => [method, amountKopecks])).toEqual([
    [2, 500],
    [2, 500],
  ])
  const tiny = [line(1), line(1_000_000, 1, { position: 1 })]
  const most = cartOfAttempt({ ...paying, lines: tiny, amountKopecks: 999_999 })
  expect(most.map(({ line: of, method }) => [of, method])).toEqual([[1, 2]])
})

test('what exceeds all lines is an advance with the object "payment", and no closing counts it', () => {
  const earlier = cartOfAttempt({ ...paying, lines: [line(1000)], amountKopecks: 600 })
  const cart = cartOfAttempt({ ...paying, lines: [line(1000)], earlier, amountKopecks: 700 })
  expect(cart).toMatchObject([
    { line: 0, method: 2, amountKopecks: 400 },
    { line: null, method: 3, amountKopecks: 300, name: 'Аванс' },
  ])
  expect(bankItems(cart, options)[1]).toMatchObject({
    itemCode: 'advance',
    tax: { taxType: 15, taxSum: 54 },
    itemAttributes: { attributes: [{ value: '3' }, { name: 'paymentObject', value: '10' }] },
  })
  expect(closableKopecks({ cart, refunded: [] })).toBe(400)
})

test('a refund gives whole pieces back where the sum is some, as a prepayment before the closing and a sale after it', () => {
  const cart = cartOfAttempt({ ...paying, lines: [line(30_000, 3)], amountKopecks: 30_000 })
  const refund = (amountKopecks: number, isClosed = false) =>
    cartOfRefund({ cart, refunded: [], amountKopecks, isClosed })
  expect(refund(20_000)).toMatchObject([{ positionId: 1, quantity: 2, priceKopecks: 10_000, method: 1 }])
  expect(refund(15_000)).toMatchObject([{ positionId: 1, quantity: 1, priceKopecks: 15_000, method: 1 }])
  expect(refund(15_000, true)).toMatchObject([{ method: 4 }])
  expect(refund(30_001)).toBeUndefined()
})

test.each([
  ['22', 1, 15, 22_000],
  ['22', 4, 14, 22_000],
  ['20', 2, 7, 20_333],
  ['10', 4, 2, 11_091],
  ['none', 1, 0, 0],
])(
  "VAT %s of a row of method %i is the bank's code %i and within the sum",
  (vat, method, taxType, taxSum) => {
    const [item] = cartOfAttempt({ ...paying, lines: [line(122_000, 1, { vat })], amountKopecks: 122_000 })
    const [row] = bankItems([{ ...item!, method: method as 1 }], options)
    expect(row?.tax).toEqual({ taxType, taxSum })
  },
)

test('a rate that has ended is told to be meant, from the day after its last one in Moscow', () => {
  const cart = cartOfAttempt({ ...paying, lines: [line(100, 1, { vat: '20' })], amountKopecks: 100 })
  expect(legacyVat(cart, rates, new Date('2025-12-31T20:59:59Z'))).toBeUndefined()
  expect(legacyVat(cart, rates, new Date('2025-12-31T21:00:00Z'))).toBe('{"use_legacy_vat":true}')
  const today = cartOfAttempt({ ...paying, lines: [line(100)], amountKopecks: 100 })
  expect(legacyVat(today, rates, new Date('2026-11-23T09:00:00Z'))).toBeUndefined()
  expect(() => bankItems([{ ...today[0]!, vat: '18' }], options)).toThrow('18')
})

test('the order is told in Moscow time, with the address and the rows', () => {
  const items = cartOfAttempt({ ...paying, lines: [line(30_001, 3)], amountKopecks: 30_001 })
  const at = new Date('2026-11-23T21:30:00Z')
  const bundle = JSON.parse(orderBundle(items, { ...options, email: 'payer@example.ru', at }))
  expect(bundle).toMatchObject({
    orderCreationDate: '2026-11-24T00:30:00',
    customerDetails: { email: 'payer@example.ru' },
    cartItems: {
      items: [
        {
          positionId: 1,
          quantity: { value: 2, measure: '0' },
          itemPrice: 10_000,
          itemAmount: 20_000,
          itemCode: 'line-1',
        },
        { positionId: 2, quantity: { value: 1, measure: '0' }, itemPrice: 10_001, itemAmount: 10_001 },
      ],
    },
  })
})

test.each([
  ['я'.repeat(300), 'я'.repeat(128)],
  [`${'я'.repeat(127)}😀`, 'я'.repeat(127)],
  [`${'я'.repeat(127)} хвост`, 'я'.repeat(127)],
  ['Доступ <b>Плюс</b>', 'Доступ ‹b›Плюс‹/b›'],
  ['javascript:курс', 'javascript курс'],
])('a name on a receipt is at most 128 characters and without markup: %#', (title, name) => {
  expect(receiptName(title)).toBe(name)
})
