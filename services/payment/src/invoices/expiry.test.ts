import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const minute = 60_000
type Made = { invoiceId: string; userId: string }

/** To be paid within ten minutes. */
const invoice = async (priceKopecks = 1000): Promise<Made> => {
  const userId = crypto.randomUUID()
  const expiresAt = new Date(payment.resources.now().getTime() + 10 * minute).toISOString()
  const lines = [{ title: 'Сопровождение', quantity: 1, priceKopecks, vat: '22' }]
  const body = { userId, expiresAt, lines }
  const { json } = await payment.ask('POST', '/v1/invoices', { token: await story.operator(), body })
  return { userId, invoiceId: String(json.invoiceId) }
}
const start = async ({ invoiceId, userId }: Made, body: object = {}) =>
  payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, {
    token: await payment.tokenFor(userId),
    body: { way: 'card', ...body },
  })
const orderOf = async (made: Made, body: object = {}) => {
  const { json } = await start(made, body)
  await payment.run('start-attempts')
  const attemptId = String(json.attemptId)
  return { attemptId, mdOrder: String((await story.attemptOf(attemptId)).mdOrder) }
}
const over = async (ms = 10 * minute) => {
  await payment.advance(ms)
  await payment.run('expire-invoices')
}
const seen = async ({ invoiceId, userId }: Made) =>
  (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token: await payment.tokenFor(userId) })).json
const owed = async ({ userId }: Made) => {
  const [row] = await payment.sql<{ sum: number }[]>`
    select coalesce(sum(amount_kopecks), 0)::bigint as sum from ledger_entries where account = ${`receivable:${userId}`}`
  return row?.sum
}
const toldOf = async ({ invoiceId }: Made) =>
  (
    await payment.sql<{ type: string }[]>`
      select type from outbox where subject = ${invoiceId} and type like 'payment.invoice-%' order by position`
  ).map(({ type }) => type.replace('payment.invoice-', ''))

test('an invoice that nobody paid in time has expired: nothing is owed, it is told once, and nobody can pay it', async () => {
  const made = await invoice()
  await over(10 * minute - 1)
  expect(await seen(made)).toMatchObject({ state: 'issued' })
  await over(1)
  expect(await seen(made)).toMatchObject({ state: 'expired', expiredAt: expect.any(String) })
  await over()
  expect([await owed(made), await toldOf(made)]).toEqual([0, ['issued', 'expired']])
  expect((await start(made)).status).toBe(409)
  const token = await story.operator()
  expect((await payment.ask('POST', `/v1/invoices/${made.invoiceId}/cancel`, { token })).status).toBe(409)
})

test('its time is over to the moment, whether or not the job has come by', async () => {
  const made = await invoice()
  await payment.advance(10 * minute)
  expect((await start(made)).status).toBe(409)
})

test('an open order is given up at the bank first, and then nobody can pay it there', async () => {
  const made = await invoice()
  const { attemptId, mdOrder } = await orderOf(made)
  await over()
  expect((await story.attemptOf(attemptId)).state).toBe('failed')
  expect(await seen(made)).toMatchObject({ state: 'expired' })
  await story.pay(mdOrder)
  // Declined.
  expect((await payment.bank.ask('GET', `orders/${mdOrder}`)).orderStatus).toBe(6)
})

test('what was paid at the bank, and of which nobody has heard, is found before the invoice ends', async () => {
  const made = await invoice()
  const { mdOrder } = await orderOf(made)
  await story.pay(mdOrder)
  await over()
  expect(await seen(made)).toMatchObject({ state: 'paid', expiredAt: null })
  expect(await toldOf(made)).toEqual(['issued', 'paid'])
})

test('while the bank does not answer, or nobody knows what it did, the invoice waits', async () => {
  const silent = await invoice()
  await orderOf(silent)
  const unknown = await invoice()
  const { json } = await start(unknown)
  await payment.bank.fault({ operation: 'register.do', kind: 'timeout-after-acting', times: 1 })
  await payment.run('start-attempts')
  expect((await story.attemptOf(String(json.attemptId))).state).toBe('unknown')
  await payment.bank.fault({ operation: 'getOrderStatusExtended.do', kind: 'error', times: 100 })
  await over()
  expect([(await seen(silent)).state, (await seen(unknown)).state]).toEqual(['issued', 'issued'])
  await payment.bank.fault()
  await payment.run('start-attempts')
  await over(minute)
  await over(minute)
  expect([(await seen(silent)).state, (await seen(unknown)).state]).toEqual(['expired', 'expired'])
})

test('a quarantined attempt keeps its invoice until somebody has looked', async () => {
  const made = await invoice()
  const { attemptId } = await orderOf(made)
  await payment.ownerSql`update attempts set state = 'quarantined', ask_at = null where id = ${attemptId}`
  await over()
  expect(await seen(made)).toMatchObject({ state: 'issued' })
})

/** Money by an order that had expired at the bank before the invoice did: its QR was still good. */
const payLate = async (made: Made, body: object = {}) => {
  const { attemptId, mdOrder } = await orderOf(made, { way: 'sbp', ...body })
  await payment.advance(21 * minute)
  await payment.run('ask-bank', 'expire-invoices')
  expect([(await story.attemptOf(attemptId)).state, (await seen(made)).state]).toEqual(['expired', 'expired'])
  await story.pay(mdOrder, { way: 'sbp' })
  await payment.advance(16 * minute)
  await payment.run('ask-bank')
  expect((await story.attemptOf(attemptId)).state).toBe('settled')
}

test('late money pays an expired invoice', async () => {
  const made = await invoice()
  await payLate(made)
  expect(await seen(made)).toMatchObject({ state: 'paid', paidKopecks: 1000, expiredAt: null })
  expect([await owed(made), await toldOf(made)]).toEqual([0, ['issued', 'expired', 'paid']])
})

test('a part that comes late brings the invoice to life: the rest is owed, and can be paid without end', async () => {
  const made = await invoice()
  await payLate(made, { amountKopecks: 400 })
  expect(await seen(made)).toMatchObject({
    state: 'issued',
    paidKopecks: 400,
    expiresAt: null,
    expiredAt: null,
  })
  expect([await owed(made), await toldOf(made)]).toEqual([600, ['issued', 'expired', 'partly-paid']])
  await over(100 * minute)
  expect((await start(made)).status).toBe(202)
})

test('a partly paid invoice expires with what is left', async () => {
  const made = await invoice()
  const { mdOrder } = await orderOf(made, { amountKopecks: 400 })
  await story.pay(mdOrder)
  await payment.advance(3000)
  await payment.run('ask-bank')
  await over()
  expect(await seen(made)).toMatchObject({ state: 'expired', paidKopecks: 400 })
  expect(await owed(made)).toBe(0)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
