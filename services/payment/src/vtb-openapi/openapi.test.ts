import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment({ ACQUIRER: 'openapi' })
  story = storyOf(payment)
})
afterAll(() => payment.close())
const openapi = () => payment.resources.acquirers.of('openapi')
beforeEach(async () => {
  openapi().refundId = 'verified'
  await payment.openapi.fault()
  await payment.openapi.ask('POST', 'settings', {
    refundIdIsKnown: true,
    refundPendingMs: 0,
    refundFails: false,
    statusField: 'status',
    sbpPaidWord: 'CONFIRMED',
    repeatedOrder: 'refused',
    repeatsLinks: true,
  })
  await payment.sql`update refunds set ask_at = null`
})

const numberOf = async (attemptId: string) => String((await story.attemptOf(attemptId)).orderNumber)
const attempt = async (options: { way?: string; priceKopecks?: number } = {}) => {
  const made = await story.attempt({ priceKopecks: 1999, ...options })
  return { ...made, number: await numberOf(made.attemptId) }
}
const pay = (number: string, more: object = {}) =>
  payment.openapi.ask('POST', `orders/${number}/pay`, { way: 'card', callback: 'lose', ...more })
const book = (number: string) => payment.openapi.ask('GET', `orders/${number}`)
const over = async (ms = 3000) => {
  await payment.advance(ms)
  await payment.run('start-attempts', 'ask-bank', 'send-refunds')
}
const settled = async () => {
  const made = await attempt()
  await pay(made.number)
  await over()
  return made
}
const stateOf = async (attemptId: string) => (await story.attemptOf(attemptId)).state
const refund = async (attemptId: string, amountKopecks: number) =>
  String(
    (
      await payment.ask('POST', '/v1/refunds', {
        token: await story.operator(),
        body: { attemptId, amountKopecks, reason: 'x' },
      })
    ).json.refundId,
  )
const refundState = async (id: string) =>
  (await payment.ask('GET', `/v1/refunds/${id}`, { token: await story.operator() })).json.state

test('an order goes to the interface of the setting, and its page and link come with it', async () => {
  const made = await attempt({ way: 'sbp' })
  const row = await story.attemptOf(made.attemptId)
  expect(row).toMatchObject({ state: 'open' })
  expect([String(row.payUrl).slice(0, 4), String(row.qrPayload).slice(0, 19)]).toEqual([
    'http',
    'https://qr.nspk.ru/',
  ])
  expect(await book(made.number)).toMatchObject({ kopecks: 1999 })
  const [kept] = await payment.sql`select acquirer from attempts where id = ${made.attemptId}`
  expect(kept).toEqual({ acquirer: 'openapi' })
})

test.each(['card', 'sbp'])(
  'what is paid by %s settles by the answer to our question, once, be it reconciled later',
  async (way) => {
    const made = await attempt({ way })
    await pay(made.number, { way })
    await over()
    expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'settled', way })
    await payment.openapi.ask('POST', `orders/${made.number}/reconcile`)
    await payment.openapi.tick()
    await over()
    const booked = await payment.sql`select id from ledger_transactions where source_id = ${made.attemptId}`
    expect(booked).toHaveLength(1)
  },
)

test('an unsigned callback only makes us ask, and is kept once however often it comes', async () => {
  const made = await attempt()
  await pay(made.number, { callback: 'duplicate' })
  await payment.openapi.tick()
  expect(await stateOf(made.attemptId)).toBe('open')
  const kept =
    await payment.sql`select fields, operation from bank_callbacks where attempt_id = ${made.attemptId}`
  expect([...kept]).toEqual([{ fields: {}, operation: 'PAYMENT' }] as never[])
  await payment.run('ask-bank')
  expect(await stateOf(made.attemptId)).toBe('settled')
})

const hint = (body: unknown, secret = 'a-secret-part-of-an-address') =>
  payment.ask('POST', `/v1/vtb/openapi/callback/${secret}`, {
    body: typeof body === 'string' ? body : JSON.stringify(body),
    idempotencyKey: null,
  })

test('a callback that lies settles nothing, one for nobody is taken, and a wrong address or body is refused', async () => {
  const made = await attempt()
  const lie = {
    type: 'PAYMENT',
    object: { orderId: made.number, status: { value: 'CONFIRMED' }, amount: { value: 19.99 } },
  }
  expect((await hint(lie)).status).toBe(200)
  await payment.run('ask-bank')
  expect(await stateOf(made.attemptId)).toBe('open')
  const nobody = { type: 'PAYMENT', object: { orderId: '0'.repeat(26) } }
  expect((await hint(nobody)).status).toBe(200)
  const rows = await payment.sql`select id from bank_callbacks where attempt_id is null`
  expect(rows).toHaveLength(0)
  for (const secret of ['another', 'a-secret-part-of-an-addresS', '%20'])
    expect((await hint(lie, secret)).status).toBe(403)
  for (const body of [
    '',
    'null',
    '[]',
    '{"type":"PAYMENT"}',
    { type: 'PAYMENT', object: { orderId: "1' or 1" } },
  ])
    expect((await hint(body)).status).toBe(403)
})

test.each(['timeout-after-acting', 'garbage', 'error'])(
  'an order whose making ended in %s is one order at the bank',
  async (kind) => {
    await payment.openapi.fault({ operation: 'POST /orders', kind })
    const made = await attempt()
    expect(await stateOf(made.attemptId)).toBe('unknown')
    await over()
    expect(await stateOf(made.attemptId)).toBe('open')
    const { orders } = await payment.openapi.ask('GET', 'orders')
    expect((orders as { orderId: string }[]).filter(({ orderId }) => orderId === made.number)).toHaveLength(1)
  },
)

test('an order whose page is not told again ends by itself, and a late success of it is taken', async () => {
  await payment.openapi.ask('POST', 'settings', { repeatsLinks: false })
  await payment.openapi.fault({ operation: 'POST /orders', kind: 'timeout-after-acting' })
  const made = await attempt()
  await over()
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'open', payUrl: null })
  await pay(made.number, { delayMs: 30 * 60_000 })
  await over(26 * 60_000)
  expect(await stateOf(made.attemptId)).toBe('open')
  await over(10 * 60_000)
  expect(await stateOf(made.attemptId)).toBe('settled')
  const idle = await attempt()
  await over(26 * 60_000)
  expect(await stateOf(idle.attemptId)).toBe('expired')
})

test('all tokens withdrawn in the middle cost one more call, and nothing else', async () => {
  const made = await attempt()
  await payment.openapi.app.request('http://sim.test/_sim/tokens', { method: 'DELETE' })
  await pay(made.number)
  await over()
  expect(await stateOf(made.attemptId)).toBe('settled')
})

test('a word that nobody knows settles nothing and is told', async () => {
  await payment.openapi.ask('POST', 'settings', { sbpPaidWord: 'ACWP' })
  const made = await attempt({ way: 'sbp' })
  await pay(made.number, { way: 'sbp' })
  await over()
  expect(await stateOf(made.attemptId)).toBe('open')
  expect(payment.lines.some((line) => line.includes('order-state-unknown'))).toBe(true)
})

test('a refund goes the way of its payment, by the number of the payment, in parts', async () => {
  const { attemptId, number } = await settled()
  const first = await refund(attemptId, 999)
  await over()
  const second = await refund(attemptId, 1000)
  await over()
  expect([await refundState(first), await refundState(second)]).toEqual(['settled', 'settled'])
  expect(await book(number)).toMatchObject({ refundedKopecks: 1999 })
})

test.each([
  ['verified', true],
  ['unverified', false],
] as const)('%s, a refund whose answer was lost is made once', async (refundId, refundIdIsKnown) => {
  openapi().refundId = refundId
  await payment.openapi.ask('POST', 'settings', { refundIdIsKnown })
  const { attemptId, number } = await settled()
  const id = await refund(attemptId, 500)
  await payment.openapi.fault({ operation: 'POST /refunds', kind: 'timeout-after-acting' })
  await payment.run('send-refunds')
  expect(await refundState(id)).toBe('unknown')
  await over()
  expect([await refundState(id), (await book(number)).refundedKopecks]).toEqual(['settled', 500])
})

test('a refund under way is waited for; a refused one, and one that fails later, are free again', async () => {
  const { attemptId, number } = await settled()
  await payment.openapi.ask('POST', 'settings', { refundPendingMs: 10_000 })
  const slow = await refund(attemptId, 500)
  await payment.run('send-refunds')
  expect(await refundState(slow)).toBe('sending')
  await over(10_000)
  expect(await refundState(slow)).toBe('settled')
  await payment.openapi.ask('POST', 'settings', { refundFails: true })
  const late = await refund(attemptId, 500)
  await payment.run('send-refunds')
  await over(10_000)
  await payment.openapi.ask('POST', 'settings', { refundPendingMs: 0 })
  const refused = await refund(attemptId, 500)
  await over()
  expect([await refundState(late), await refundState(refused)]).toEqual(['failed', 'failed'])
  expect((await book(number)).refundedKopecks).toBe(500)
  expect((await story.attemptOf(attemptId)).refundedKopecks).toBe(500)
})

test('this interface holds nothing, and its own limits are told before anything is written', async () => {
  const ask = async (priceKopecks: number, way: string, capture?: string) => {
    const { token, invoiceId } = await story.invoice(priceKopecks, capture)
    return (await payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body: { way } })).status
  }
  expect(await ask(1000, 'card', 'manual')).toBe(409)
  expect(await ask(100_000_001, 'sbp')).toBe(409)
  expect(await ask(100_000_001, 'card')).toBe(202)
  expect(await ask(1_000_000_000_000, 'card')).toBe(409)
})

test('no row broke on a bug of ours in all of these, and no log tells a secret', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
  for (const secret of ['openapi-secret', 'a-secret-part', 'Bearer', 'yourSecretToken'])
    expect(payment.lines.filter((line) => line.includes(secret))).toEqual([])
})
