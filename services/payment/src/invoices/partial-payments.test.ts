import { afterAll, beforeAll, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { applyPayment } from './apply-payment.ts'
import { lockInvoice } from './lock-invoice.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

type Made = { invoiceId: string; userId: string }

const invoiceOf = async ({ invoiceId, userId }: Made) =>
  (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token: await payment.tokenFor(userId) })).json
const start = async ({ invoiceId, userId }: Made, body: object) =>
  payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, {
    token: await payment.tokenFor(userId),
    body: { way: 'card', ...body },
  })
const settle = async (attemptId: unknown) => {
  await payment.run('start-attempts')
  await story.pay(String((await story.attemptOf(String(attemptId))).mdOrder))
  await payment.advance(3000)
  await payment.run('ask-bank')
}
const eventsOf = async (invoiceId: string) =>
  (
    await payment.sql<{ type: string; data: object }[]>`
      select type, data from outbox where subject = ${invoiceId} and type like 'payment.invoice-%' order by position`
  ).map(({ type, data }) => [type, data])

test('an invoice is paid in parts: each is told with what is left, and the last one pays it', async () => {
  const made = await story.invoice(1000)
  const { json } = await start(made, { amountKopecks: 400 })
  await settle(json.attemptId)
  expect(await invoiceOf(made)).toMatchObject({ state: 'issued', paidKopecks: 400, paidAt: null })
  const rest = await start(made, {})
  await settle(rest.json.attemptId)
  expect(await invoiceOf(made)).toMatchObject({ state: 'paid', paidKopecks: 1000 })
  const of = { invoiceId: made.invoiceId, userId: made.userId }
  expect(await eventsOf(made.invoiceId)).toEqual([
    ['payment.invoice-issued', { ...of, amountKopecks: 1000 }],
    ['payment.invoice-partly-paid', { ...of, amountKopecks: 400, leftKopecks: 600 }],
    ['payment.invoice-paid', { ...of, amountKopecks: 1000 }],
  ])
})

test('more than is left, nothing, and another sum beside a live one are refused', async () => {
  const made = await story.invoice(1000)
  expect((await start(made, { amountKopecks: 1001 })).json).toMatchObject({ status: 409, leftKopecks: 1000 })
  for (const amountKopecks of [0, -1, 0.5, '1', 2 ** 53])
    expect((await start(made, { amountKopecks })).status).toBe(400)
  const live = await start(made, { amountKopecks: 300 })
  expect((await start(made, { amountKopecks: 301 })).json).toMatchObject({ status: 409, amountKopecks: 300 })
  expect((await start(made, { amountKopecks: 300 })).json.attemptId).toBe(live.json.attemptId)
  expect((await start(made, {})).json.attemptId).toBe(live.json.attemptId)
})

test('a large invoice is paid by СБП in parts that СБП takes', async () => {
  const made = await story.invoice(150_000_000)
  expect((await start(made, { way: 'sbp' })).status).toBe(409)
  expect((await start(made, { way: 'sbp', amountKopecks: 100_000_001 })).status).toBe(409)
  expect((await start(made, { way: 'sbp', amountKopecks: 100_000_000 })).status).toBe(202)
})

test('a partly paid invoice is not cancelled', async () => {
  const made = await story.invoice(1000)
  await settle((await start(made, { amountKopecks: 1 })).json.attemptId)
  const { status } = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/cancel`, {
    token: await story.operator(),
  })
  expect(status).toBe(409)
})

test('money for what is paid, cancelled or more than is left stays on the account of its payer', async () => {
  const apply = ({ invoiceId }: Made, kopecks: number) =>
    transaction(payment.sql, async (tx) => {
      const invoice = await lockInvoice(tx, invoiceId)
      return invoice && applyPayment(tx, payment.resources, invoice, kopecks)
    })
  const made = await story.invoice(1000)
  expect(await apply(made, 1500)).toEqual({ appliedKopecks: 1000, overpaidKopecks: 500 })
  expect(await apply(made, 1)).toEqual({ appliedKopecks: 0, overpaidKopecks: 1 })
  expect(await invoiceOf(made)).toMatchObject({ state: 'paid', paidKopecks: 1000 })
  const cancelled = await story.invoice(1000)
  await payment.ask('POST', `/v1/invoices/${cancelled.invoiceId}/cancel`, { token: await story.operator() })
  expect(await apply(cancelled, 1000)).toEqual({ appliedKopecks: 0, overpaidKopecks: 1000 })
  expect(await invoiceOf(cancelled)).toMatchObject({ state: 'cancelled', paidKopecks: 0 })
})

test('the largest amount is paid to the last kopeck', async () => {
  const most = Number.MAX_SAFE_INTEGER
  const made = await story.invoice(most)
  const pay = (kopecks: number) =>
    transaction(payment.sql, async (tx) => {
      const invoice = await lockInvoice(tx, made.invoiceId)
      return invoice && applyPayment(tx, payment.resources, invoice, kopecks)
    })
  await pay(most - 1)
  expect(await invoiceOf(made)).toMatchObject({ state: 'issued', paidKopecks: most - 1 })
  await pay(1)
  expect(await invoiceOf(made)).toMatchObject({ state: 'paid', paidKopecks: most })
})
