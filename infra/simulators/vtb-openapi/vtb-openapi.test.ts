import { afterAll, beforeEach, expect, test } from 'bun:test'
import { createVtbOpenapiSimulator } from './create-vtb-openapi-simulator.ts'
import { readRoubles, roubles } from './money.ts'

type Json = Record<string, unknown> & { object: Record<string, unknown> }
const api = 'http://bank.test/openapi/smb/efcp/e-commerce/v1'
const told: { url: string; body: Json }[] = []
let time = Date.parse('2026-11-23T10:00:00Z')
let answers = 200
const simulator = createVtbOpenapiSimulator({
  clientId: 'Shop@ext.vtb.ru',
  clientSecret: 'word',
  callbackUrl: 'https://shop.test/hooks/secret',
  now: () => new Date(time),
  byHand: true,
  fetch: async (request) => {
    told.push({ url: request.url, body: (await request.json()) as Json })
    return new Response(null, { status: answers })
  },
})
afterAll(() => simulator.close())
beforeEach(async () => {
  told.length = 0
  answers = 200
  await outside('settings', {
    refundIdIsKnown: true,
    refundPendingMs: 0,
    merchant: null,
    tokenAuth: 'either',
  })
})

const json = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Json
const outside = (path: string, body?: object) =>
  simulator.app.request(
    `http://sim.test/_sim/${path}`,
    body ? { method: 'POST', body: JSON.stringify(body) } : {},
  )
const askToken = (more: object = {}, headers: Record<string, string> = {}) =>
  simulator.app.request('http://bank.test/passport/oauth2/token', {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'Shop@ext.vtb.ru',
      client_secret: 'word',
      ...more,
    }).toString(),
  })
const token = async () => String((await json(askToken())).access_token)
const call = async (
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
) =>
  simulator.app.request(`${api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await token()}`,
      'x-ibm-client-id': 'shop',
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
let numbers = 0
const create = async (more: object = {}) => {
  const orderId = `N${++numbers}`
  const amount = { value: 10.56, code: 'RUB' }
  const answer = await call('POST', '/orders', { orderId, orderName: 'Счёт', amount, ...more })
  return { orderId, status: answer.status, answer: (await answer.json()) as Json }
}
const show = async (orderId: string) => (await json(call('GET', `/orders/${orderId}`))).object
const paidId = async (orderId: string): Promise<string> => {
  await outside(`orders/${orderId}/pay`, { way: 'card', callback: 'lose' })
  const { transactions } = (await show(orderId)) as { transactions: { payments: Json[] } }
  return String(transactions.payments[0]?.object.paymentId)
}

test('a token is given to whom it knows, for as long as it says, in the form or by Basic', async () => {
  expect(await json(askToken())).toMatchObject({ token_type: 'Bearer', expires_in: 179 })
  expect((await askToken({ client_secret: 'wrong' })).status).toBe(401)
  expect((await askToken({ grant_type: 'password' })).status).toBe(401)
  const basic = { authorization: `Basic ${btoa(`${encodeURIComponent('Shop@ext.vtb.ru')}:word`)}` }
  expect((await askToken({ client_id: '', client_secret: '' }, basic)).status).toBe(200)
  const old = await token()
  time += 180_000
  const late = await call('GET', '/orders/N0', undefined, { authorization: `Bearer ${old}` })
  expect(late.status).toBe(401)
})

test('a call names its client in small letters and without the tail, and its site where that is wanted', async () => {
  expect((await call('GET', '/orders/none')).status).toBe(404)
  for (const name of ['Shop@ext.vtb.ru', 'Shop', 'shop@ext.vtb.ru'])
    expect((await call('GET', '/orders/none', undefined, { 'x-ibm-client-id': name })).status).toBe(403)
  await outside('settings', { merchant: 'site' })
  expect((await call('GET', '/orders/none')).status).toBe(403)
  expect((await call('GET', '/orders/none', undefined, { 'merchant-authorization': 'site' })).status).toBe(
    404,
  )
})

test('an order is roubles and kopecks as a JSON number, has a page, and a link where one is asked for', async () => {
  const { orderId, answer } = await create({ returnPaymentData: 'sbp', expire: '2026-11-23T12:00:00Z' })
  expect(answer).toMatchObject({ type: 'ORDER', object: { orderId, amount: { value: 10.56, code: 'RUB' } } })
  expect(answer.object.preparedPayments).toEqual([
    {
      type: 'sbp',
      object: { qrcId: expect.any(String), url: expect.stringContaining('https://qr.nspk.ru/BD') },
    },
  ])
  expect(String(answer.object.payUrl)).toStartWith('http://bank.test/pay/')
  for (const value of ['10.56', 10.567, 0, -1, null, 1e21])
    expect((await create({ amount: { value, code: 'RUB' } })).status).toBe(400)
  expect((await create({ amount: { value: 1, code: 'USD' } })).status).toBe(400)
  expect(
    (await create({ amount: { value: 1_000_000.01, code: 'RUB' }, returnPaymentData: 'sbp' })).status,
  ).toBe(422)
})

test('a number that is known is refused, or answered with what it was, as is set', async () => {
  const { orderId } = await create()
  expect((await create({ orderId })).status).toBe(409)
  await outside('settings', { repeatedOrder: 'answered' })
  expect((await create({ orderId, amount: { value: 5, code: 'RUB' } })).answer.object.amount).toEqual({
    value: 10.56,
    code: 'RUB',
  })
  await outside('settings', { repeatedOrder: 'refused' })
})

test('a paid order shows its payment and tells of it, unsigned, up to three times', async () => {
  const { orderId } = await create()
  answers = 500
  await outside(`orders/${orderId}/pay`, { way: 'card' })
  for (let i = 0; i < 5; i++) {
    await simulator.tick()
    time += 30_000
  }
  expect(told.map(({ body }) => [body.type, body.object.orderId])).toEqual(
    Array(3).fill(['PAYMENT', orderId]),
  )
  expect(await show(orderId)).toMatchObject({
    status: { value: 'CONFIRMED' },
    transactions: {
      payments: [{ type: 'PAYMENT', object: { status: { value: 'CONFIRMED' } } }],
      refunds: [],
    },
  })
  expect((await outside(`orders/${orderId}/pay`, { way: 'card' })).status).toBe(409)
  await outside(`orders/${orderId}/reconcile`, {})
  expect(await show(orderId)).toMatchObject({ status: { value: 'RECONCILED' } })
})

test('an order takes no payment after its end, but one that was begun before goes on', async () => {
  const expire = new Date(time + 60_000).toISOString()
  const [idle, begun] = [await create({ expire }), await create({ expire })]
  await outside(`orders/${begun.orderId}/pay`, { way: 'sbp', delayMs: 120_000 })
  time += 61_000
  expect((await outside(`orders/${idle.orderId}/pay`, { way: 'card' })).status).toBe(409)
  expect(await show(idle.orderId)).toMatchObject({ status: { value: 'CREATED' } })
  time += 60_000
  expect(await show(begun.orderId)).toMatchObject({ status: { value: 'CONFIRMED' } })
})

test('refunds go by the payment and never above it; a known number is answered, an ignored one refunds again', async () => {
  const { orderId } = await create()
  const paymentId = await paidId(orderId)
  const refund = async (refundId: string, value: number) =>
    (await call('POST', '/refunds', { refundId, paymentId, amount: { value, code: 'RUB' } })).status
  expect([await refund('R1', 4), await refund('R1', 4), await refund('R2', 7)]).toEqual([200, 200, 422])
  await outside('settings', { refundIdIsKnown: false })
  expect(await refund('R1', 4)).toBe(200)
  expect(await json(outside(`orders/${orderId}`))).toMatchObject({ paidKopecks: 1056, refundedKopecks: 800 })
  const unknown = { refundId: 'R9', paymentId: 'none', amount: { value: 1, code: 'RUB' } }
  expect((await call('POST', '/refunds', unknown)).status).toBe(404)
})

test('a refund is NEW until its time comes, and then told', async () => {
  const { orderId } = await create()
  const paymentId = await paidId(orderId)
  await outside('settings', { refundPendingMs: 5000 })
  const amount = { value: 1, code: 'RUB' }
  expect(await json(call('POST', '/refunds', { refundId: 'S1', paymentId, amount }))).toMatchObject({
    type: 'REFUND',
    object: { status: { value: 'NEW' } },
  })
  time += 5000
  await simulator.tick()
  expect(told.at(-1)?.body).toMatchObject({ type: 'REFUND', object: { status: { value: 'CONFIRMED' } } })
})

test('faults meet its calls by their names, and the journal tells what came', async () => {
  await outside('faults', { faults: [{ operation: 'POST /orders', kind: 'error', status: 500 }] })
  const failed = await create()
    .then(() => 'read')
    .catch(() => 'no JSON')
  expect(failed).toBe('no JSON')
  const { entries } = (await json(outside('journal?operation=POST%20/orders'))) as unknown as {
    entries: { status: number }[]
  }
  expect(entries.at(-1)?.status).toBe(500)
})

test('its page takes a payment and sends the payer back', async () => {
  const { answer, orderId } = await create({ returnUrl: 'https://shop.test/back' })
  const page = String(answer.object.payUrl)
  expect(await (await simulator.app.request(page)).text()).toContain('Оплатить картой')
  const paid = await simulator.app.request(`${page}/pay`, {
    method: 'POST',
    body: new URLSearchParams({ choice: 'card' }),
  })
  expect([paid.status, paid.headers.get('location')]).toEqual([303, 'https://shop.test/back'])
  expect(await show(orderId)).toMatchObject({ status: { value: 'CONFIRMED' } })
  expect(await (await simulator.app.request(page)).text()).toContain('Заказ оплачен')
})

test('kopecks and roubles are the same sums', () => {
  for (const kopecks of [1, 10, 820, 1999, 100_000_000, 999_999_999_999])
    expect(readRoubles(roubles(kopecks))).toBe(kopecks)
})
