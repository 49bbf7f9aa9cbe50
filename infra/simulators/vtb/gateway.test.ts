import { expect, test } from 'bun:test'
import { startBank } from './start-bank.ts'

const valid = { orderNumber: 'INV-1', amount: '100', returnUrl: 'https://shop.test/paid' }

test('an order is registered, and its form stands where the gateway was called or where a setting says', async () => {
  const { call, set, status } = startBank()
  const answered = await call('register.do', { ...valid, description: 'Счёт 1', jsonParams: '{"part":"1"}' })
  expect(answered).toEqual({
    orderId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    formUrl: `http://bank.test/payment/page/${answered.orderId}`,
  })
  expect(await status(String(answered.orderId))).toEqual({
    errorCode: '0',
    errorMessage: 'Успешно',
    orderNumber: 'INV-1',
    orderStatus: 0,
    actionCode: -100,
    actionCodeDescription: 'Не было попыток оплаты',
    amount: 100,
    currency: '643',
    date: Date.parse('2026-11-23T10:00:00Z'),
    orderDescription: 'Счёт 1',
    paymentAmountInfo: {
      paymentState: 'CREATED',
      approvedAmount: 0,
      depositedAmount: 0,
      refundedAmount: 0,
      totalAmount: 100,
    },
    merchantOrderParams: [{ name: 'part', value: '1' }],
    attributes: [{ name: 'mdOrder', value: String(answered.orderId) }],
    transactionAttributes: [],
  })
  await set({ publicUrl: 'http://localhost:4000/vtb/' })
  const second = await call('register.do', { ...valid, orderNumber: 'INV-2' })
  expect(second.formUrl).toBe(`http://localhost:4000/vtb/payment/page/${second.orderId}`)
})

test('an order number is taken once, and its order is found by it', async () => {
  const { call, register } = startBank()
  const orderId = await register()
  const again = await call('register.do', { ...valid, orderNumber: 'INV-000042' })
  expect(again).toEqual({ errorCode: '1', errorMessage: expect.any(String) })
  const found = await call('getOrderStatusExtended.do', { orderNumber: 'INV-000042' })
  expect(found.attributes).toEqual([{ name: 'mdOrder', value: orderId }])
})

test.each([
  ['a wrong password', { password: 'guess' }, '5'],
  ['no password', { password: '' }, '4'],
  ['a token beside the password', { token: 't' }, '5'],
  ['no number', { orderNumber: '' }, '4'],
  ['a number of 37 characters', { orderNumber: 'n'.repeat(37) }, '1'],
  ['no amount', { amount: '' }, '4'],
  ['an amount in roubles with kopecks', { amount: '12.50' }, '5'],
  ['an amount of nothing', { amount: '0' }, '5'],
  ['an amount of 13 digits', { amount: '1000000000000' }, '5'],
  ['another currency', { currency: '978' }, '3'],
  ['a relative return address', { returnUrl: '/paid' }, '4'],
  ['a session of no time', { sessionTimeoutSecs: '0' }, '4'],
  ['parameters that are no JSON', { jsonParams: 'part=1' }, '5'],
  ['markup in the description', { description: '<b>Счёт</b>' }, '5'],
  ['a feature without the privilege', { features: 'AUTO_PAYMENT' }, '13'],
  ['an unknown feature', { features: 'FREE' }, '14'],
])('registration with %s is refused within 200', async (_, wrong, errorCode) => {
  const { send, outside } = startBank()
  const response = await send('register.do', { ...valid, ...wrong })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ errorCode, errorMessage: expect.any(String) })
  expect(await (await outside('orders')).json()).toEqual({ orders: [] })
})

test('JSON is no form, an unknown order is code 6, an unknown operation is 404', async () => {
  const { simulator, call, send } = startBank()
  const json = await simulator.app.request('/payment/rest/register.do', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: 'simulator-api', password: 'simulator', ...valid }),
  })
  expect(await json.json()).toMatchObject({ errorCode: '4' })
  for (const unknown of [{ orderId: crypto.randomUUID() }, { orderNumber: 'none' }]) {
    const answered = await call('getOrderStatusExtended.do', unknown)
    expect(answered).toEqual({ errorCode: '6', errorMessage: expect.any(String) })
  }
  expect((await send('sbp/c2b/qr/dynamic/status.do', {})).status).toBe(404)
})

test('a paid card shows its way, its amounts and its times, and a declined one its reason', async () => {
  const { register, pay, status } = startBank()
  const paid = await register()
  await pay(paid)
  expect(await status(paid)).toMatchObject({
    orderStatus: 2,
    actionCode: 0,
    paymentWay: 'CARD',
    depositedDate: Date.parse('2026-11-23T10:00:00Z'),
    cardAuthInfo: { maskedPan: '400001**1118' },
    paymentAmountInfo: { paymentState: 'DEPOSITED', approvedAmount: 123456, depositedAmount: 123456 },
  })
  const declined = await register({ orderNumber: 'INV-43' })
  await pay(declined, { way: 'card', outcome: 'declined' })
  expect(await status(declined)).toMatchObject({
    orderStatus: 6,
    actionCode: 116,
    paymentAmountInfo: { paymentState: 'DECLINED', depositedAmount: 0 },
  })
})

test('where more attempts are allowed a declined order stays open until they are used up', async () => {
  const { register, pay, status, set } = startBank()
  await set({ attempts: 2 })
  const order = await register()
  await pay(order, { way: 'card', outcome: 'declined' })
  expect(await status(order)).toMatchObject({ orderStatus: 0, actionCode: 116 })
  await pay(order, { way: 'card', outcome: 'declined' })
  expect(await status(order)).toMatchObject({ orderStatus: 6, actionCode: -2013 })
})

test('an unpaid order is declined by the merchant under both its names, and then takes no payment', async () => {
  const { register, call, status, outside } = startBank()
  const orderId = await register()
  const other = await call('decline.do', { orderId, orderNumber: 'INV-1' })
  expect(other.errorCode).toBe('6')
  const declined = await call('decline.do', { orderId, orderNumber: 'INV-000042' })
  expect(declined.errorCode).toBe('0')
  expect(await status(orderId)).toMatchObject({ orderStatus: 6, actionCode: 4005 })
  expect((await outside(`orders/${orderId}/pay`, { way: 'card' })).status).toBe(409)
  const again = await call('decline.do', { orderId, orderNumber: 'INV-000042' })
  expect(again.errorCode).toBe('7')
})

test('a payment in progress is not declined, and succeeds late after the session has ended', async () => {
  const { register, call, status, pay, wait, operations } = startBank()
  const orderId = await register({ sessionTimeoutSecs: '60' })
  await pay(orderId, { way: 'card', delayMs: 90_000 })
  expect(await status(orderId)).toMatchObject({ orderStatus: 5, actionCode: -30001 })
  expect(await call('decline.do', { orderId, orderNumber: 'INV-000042' })).toMatchObject({ errorCode: '7' })
  await wait(60_000)
  expect(await status(orderId)).toMatchObject({ orderStatus: 6, actionCode: -2007 })
  await wait(30_000)
  expect(await status(orderId)).toMatchObject({ orderStatus: 2, actionCode: 0 })
  expect(operations()).toEqual(['declinedByTimeout 1', 'deposited 1'])
})

test('a session ends after twenty minutes, or when the date in Moscow time says', async () => {
  const { register, status, wait } = startBank()
  const usual = await register()
  const dated = await register({ orderNumber: 'INV-43', expirationDate: '2026-11-23T13:10:00' })
  await wait(600_000)
  expect(await status(dated)).toMatchObject({ orderStatus: 6, actionCode: -2007 })
  await wait(599_999)
  expect(await status(usual)).toMatchObject({ orderStatus: 0 })
  await wait(1)
  expect(await status(usual)).toMatchObject({ orderStatus: 6, actionCode: -2007 })
})

test('a hold is captured in part, once, and not above what is held', async () => {
  const { register, call, status, pay, operations, wait } = startBank()
  const orderId = await register({}, 'registerPreAuth.do')
  expect(await call('deposit.do', { orderId, amount: '0' })).toMatchObject({ errorCode: '7' })
  await pay(orderId)
  expect(await status(orderId)).toMatchObject({
    orderStatus: 1,
    paymentAmountInfo: { paymentState: 'APPROVED', approvedAmount: 123456, depositedAmount: 0 },
  })
  expect(await call('deposit.do', { orderId, amount: '123457' })).toMatchObject({ errorCode: '7' })
  expect(await call('deposit.do', { orderId, amount: '100' })).toMatchObject({ errorCode: '0' })
  expect(await call('deposit.do', { orderId, amount: '100' })).toMatchObject({ errorCode: '7' })
  expect(await status(orderId)).toMatchObject({ orderStatus: 2, paymentAmountInfo: { depositedAmount: 100 } })
  await wait(0)
  expect(operations()).toEqual(['approved 1', 'deposited 1'])
})

test('deposit of 0 takes the whole hold', async () => {
  const { register, call, status, pay } = startBank()
  const orderId = await register({}, 'registerPreAuth.do')
  await pay(orderId)
  await call('deposit.do', { orderId, amount: '0' })
  expect(await status(orderId)).toMatchObject({
    orderStatus: 2,
    paymentAmountInfo: { depositedAmount: 123456 },
  })
})

test('a payment is reversed on its bank day, and not after it', async () => {
  const { register, call, status, pay, wait, operations } = startBank()
  const [today, yesterday] = [await register(), await register({ orderNumber: 'INV-43' })]
  await pay(today)
  await pay(yesterday)
  expect(await call('reverse.do', { orderId: today })).toMatchObject({ errorCode: '0' })
  expect(await status(today)).toMatchObject({
    orderStatus: 3,
    reversedDate: expect.any(Number),
    paymentAmountInfo: { paymentState: 'REVERSED', depositedAmount: 0 },
  })
  // Eleven hours later it is midnight in Moscow.
  await wait(11 * 3_600_000)
  expect(await call('reverse.do', { orderId: yesterday })).toMatchObject({ errorCode: '7' })
  expect(operations().at(-1)).toBe('reversed 1')
})

test('a reversal that failed bars the next one', async () => {
  const { register, call, pay } = startBank()
  const orderId = await register()
  expect(await call('reverse.do', { orderId })).toMatchObject({ errorCode: '7' })
  await pay(orderId)
  expect(await call('reverse.do', { orderId })).toMatchObject({ errorCode: '7' })
})

test('a fault answers before or after the work is done, and the journal tells of each call', async () => {
  const { simulator, send, call, fault, outside } = startBank()
  await fault({ operation: 'register.do', kind: 'error', status: 429 })
  expect((await send('register.do', valid)).status).toBe(429)
  await fault({ operation: 'register.do', kind: 'timeout-after-acting', delayMs: 1 })
  expect((await send('register.do', valid)).status).toBe(504)
  expect(await call('getOrderStatusExtended.do', { orderNumber: 'INV-1' })).toMatchObject({ orderStatus: 0 })
  const journal = await (await outside('journal?operation=register.do')).text()
  expect(JSON.parse(journal).entries).toMatchObject([
    { status: 429, details: { fault: 'error' } },
    {
      status: 200,
      details: { orderNumber: 'INV-1', amount: '100', errorCode: '0', fault: 'timeout-after-acting' },
    },
  ])
  expect(journal).not.toContain('simulator"')
  expect(simulator.name).toBe('vtb')
})
