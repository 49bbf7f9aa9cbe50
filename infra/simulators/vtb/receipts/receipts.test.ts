import { expect, test } from 'bun:test'
import { startBank } from '../start-bank.ts'

const item = {
  positionId: 1,
  name: 'Сопровождение',
  quantity: { value: 3, measure: '0' },
  itemPrice: 40_000,
  itemAmount: 120_000,
  itemCode: 'line-1',
  tax: { taxType: 15, taxSum: 21_639 },
  itemAttributes: {
    attributes: [
      { name: 'paymentMethod', value: '1' },
      { name: 'paymentObject', value: '4' },
    ],
  },
}
const other = {
  ...item,
  positionId: 2,
  itemCode: 'line-2',
  itemPrice: 3456,
  itemAmount: 3456,
  quantity: { value: 1, measure: '0' },
}
const bundleOf = (items: object[], more: object = {}) =>
  JSON.stringify({
    orderCreationDate: '2026-11-23T13:00:00',
    customerDetails: { email: 'payer@example.ru' },
    cartItems: { items },
    ...more,
  })
const cart = { orderBundle: bundleOf([item, other]), taxSystem: '0' }

const startPaid = async (fields: Record<string, string> = cart) => {
  const bank = startBank()
  const orderId = await bank.register(fields)
  await bank.pay(orderId)
  const receipts = async (by: Record<string, string> = { orderId }) =>
    (await bank.call('getReceiptStatus.do', by)).receipt as Record<string, unknown>[]
  return { ...bank, orderId, receipts }
}

test.each([
  ['another sum than the order', [item]],
  ['a price that times the quantity is another sum', [{ ...item, itemPrice: 40_001 }, other]],
  [
    'a quantity of four digits after the point',
    [{ ...item, quantity: { value: 3.0001, measure: '0' } }, other],
  ],
  ['the same position twice', [item, { ...other, positionId: 1 }]],
  ['no name', [{ ...item, name: '' }, other]],
  ['a name of 256 characters', [{ ...item, name: 'я'.repeat(256) }, other]],
  ['no code', [{ ...item, itemCode: '' }, other]],
  ['a code of 101 characters', [{ ...item, itemCode: 'c'.repeat(101) }, other]],
  ['kopecks with a fraction', [{ ...item, itemAmount: 120_000.5 }, other]],
  ['a position without a number', [{ ...item, positionId: undefined }, other]],
  ['a VAT of 18 %', [{ ...item, tax: { taxType: 3, taxSum: 0 } }, other]],
  [
    'an unknown way of paying',
    [{ ...item, itemAttributes: { attributes: [{ name: 'paymentMethod', value: '8' }] } }, other],
  ],
  ['an unknown measure', [{ ...item, quantity: { value: 3, measure: '99' } }, other]],
  ['no positions', []],
])('a cart with %s is refused, and no order is made', async (_, items) => {
  const { call, outside } = startBank()
  const fields = { orderNumber: 'INV-1', amount: '123456', returnUrl: 'https://shop.test/paid' }
  const answer = await call('register.do', { ...fields, orderBundle: bundleOf(items) })
  expect(answer).toEqual({ errorCode: '5', errorMessage: expect.stringContaining('orderBundle') })
  expect(await (await outside('orders')).json()).toEqual({ orders: [] })
})

test.each([
  ['nobody to send it to', {}, '5'],
  ['an address of 41 characters', { email: `${'a'.repeat(30)}@example.ru` }, '5'],
  ['a telephone of six digits', { phone: '123456' }, '5'],
  ['a name without an ИНН', { email: 'payer@example.ru', fullName: 'Иван' }, '5'],
  ['a telephone', { phone: '+79990000000' }, undefined],
])('a cart for %s is answered %p', async (_, customerDetails, errorCode) => {
  const { call } = startBank()
  const fields = { orderNumber: 'INV-1', amount: '123456', returnUrl: 'https://shop.test/paid' }
  const orderBundle = bundleOf([item, other], { customerDetails })
  expect((await call('register.do', { ...fields, orderBundle })).errorCode).toBe(errorCode as never)
})

test('a paid order has a receipt that is sent, and after a while delivered with its fiscal numbers', async () => {
  const { receipts, wait } = await startPaid()
  expect(await receipts()).toMatchObject([{ receiptStatus: 0, receiptType: null }])
  expect((await receipts())[0]).not.toHaveProperty('fn_number')
  await wait(2000)
  const [receipt] = await receipts({ orderNumber: 'INV-000042' })
  expect(receipt).toMatchObject({
    receiptStatus: 1,
    fn_number: '9960440301234567',
    fiscal_document_number: 1,
    amount_total: '1234.56',
    ofd_receipt_url: expect.stringContaining('https://'),
    receipt_datetime: Date.parse('2026-11-23T10:00:00Z'),
  })
  expect(await receipts({ uuid: String(receipt?.uuid) })).toEqual([receipt!])
})

test('an order without a cart, and a merchant without a till, have no receipts', async () => {
  const without = await startPaid({})
  expect(await without.receipts()).toEqual([])
  const { set, call, orderId } = await startPaid()
  await set({ fiscal: false })
  expect(await call('getReceiptStatus.do', { orderId })).toMatchObject({ errorCode: '5' })
  expect(await call('getReceiptStatus.do', { orderId: 'none' })).toMatchObject({ errorCode: '5' })
})

test('a receipt fails where the till is told to, and where a name is longer than an ОФД takes', async () => {
  const long = await startPaid({ orderBundle: bundleOf([{ ...item, name: 'я'.repeat(129) }, other]) })
  await long.wait(2000)
  expect(await long.receipts()).toMatchObject([{ receiptStatus: 2 }])
  const { orderId, call, set, wait, receipts } = await startPaid()
  await wait(2000)
  await set({ receiptFails: true })
  await call('refund.do', { orderId, amount: '3456', refundItems: JSON.stringify({ items: [other] }) })
  await wait(2000)
  expect(await receipts()).toMatchObject([{ receiptStatus: 1 }, { receiptStatus: 5 }])
})

test('a refund names positions of the cart, no more of each than is left, and the sum that goes back', async () => {
  const { orderId, call, receipts, wait } = await startPaid()
  const refund = (amount: number, ...items: object[]) =>
    call('refund.do', { orderId, amount: String(amount), refundItems: JSON.stringify({ items }) })
  const one = { ...item, quantity: { value: 1, measure: '0' }, itemAmount: 40_000 }
  expect((await refund(40_001, one)).errorCode).toBe('5')
  expect((await refund(40_000, { ...one, positionId: 3 })).errorCode).toBe('5')
  expect((await refund(40_000, one)).errorCode).toBe('0')
  expect((await refund(80_001, { ...one, itemPrice: 80_001, itemAmount: 80_001 })).errorCode).toBe('5')
  expect((await refund(3456, other)).errorCode).toBe('0')
  await wait(2000)
  expect(await receipts()).toMatchObject([{ receiptStatus: 1 }, { receiptStatus: 4 }, { receiptStatus: 4 }])
})

test('a closing receipt may be asked for again and again, but not after all has been refunded', async () => {
  const { orderId, call, receipts, wait } = await startPaid()
  const close = (fields: Record<string, string> = {}) =>
    call('closeOfdReceipt.do', { mdOrder: orderId, ...fields })
  expect(await close({ amount: '123456', orderBundle: bundleOf([item]) })).toMatchObject({ errorCode: '5' })
  expect(await close({ amount: '120000', orderBundle: bundleOf([item]) })).toMatchObject({ errorCode: '0' })
  expect(await close()).toMatchObject({ errorCode: '0' })
  await wait(2000)
  expect(await receipts()).toMatchObject([
    { receiptType: null },
    { receiptType: 'close', amount_total: '1200.00' },
    { receiptType: 'close', amount_total: '1234.56', receiptStatus: 1 },
  ])
  await call('refund.do', { orderId, amount: '0' })
  expect(await close()).toMatchObject({ errorCode: '7' })
})

test('a hold is no sale: its receipt comes with the debit', async () => {
  const { register, pay, call } = startBank()
  const orderId = await register(cart, 'registerPreAuth.do')
  await pay(orderId)
  const count = async () => ((await call('getReceiptStatus.do', { orderId })).receipt as object[]).length
  expect(await count()).toBe(0)
  expect((await call('closeOfdReceipt.do', { mdOrder: orderId })).errorCode).toBe('7')
  await call('deposit.do', { orderId, amount: '0' })
  expect(await count()).toBe(1)
})

test.each([
  [1, []],
  [2, ['original_ofd_uuid']],
  [3, ['original_ofd_uuid', 'receiptType']],
  [5, ['original_ofd_uuid', 'receiptType', 'ofdOrderBundle']],
])('version %i of the answer adds %j', async (receiptVersion, fields) => {
  const { receipts, set } = await startPaid()
  await set({ receiptVersion, receiptDateField: 'receipt_date_time', receiptAmountUnit: 'kopecks' })
  const [receipt] = await receipts()
  const added = Object.keys(receipt ?? {}).filter((name) => !['receiptStatus', 'uuid'].includes(name))
  expect(added).toEqual(fields)
})

test('from outside a receipt ends as wanted, and a correction appears', async () => {
  const { orderId, receipts, outside, book } = await startPaid()
  const [receipt] = await receipts()
  await outside(`receipts/${receipt?.uuid}`, { outcome: 'error' })
  await outside('receipts', { mdOrder: orderId, outcome: 'error' })
  expect(await receipts()).toMatchObject([{ receiptStatus: 2 }, { receiptStatus: 8 }])
  await outside(`receipts/${receipt?.uuid}`, { outcome: 'delivered' })
  expect((await book(orderId)).receipts).toMatchObject([
    { receiptStatus: 1, amount: 123_456, items: [{ positionId: 1 }, { positionId: 2 }] },
    { receiptStatus: 8 },
  ])
})
