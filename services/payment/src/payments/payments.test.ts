import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  consume,
  notificationBounced,
  notificationDelivered,
  notificationFailed,
  notificationSent,
} from '@kontora/events'
import * as v from 'valibot'
import { consumers } from '../consumers.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { Payment } from './payment.ts'
import { tellPayment } from './tell-payment.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment({ fiscal: {} })
  story = storyOf(payment)
})
afterAll(() => payment.close())

type LetterEvent = typeof notificationSent
type AboutLetter = { messageId: string; aboutId?: string | null; kind?: string }

const hear = async (
  { type, topic }: LetterEvent,
  { kind = 'invoice-paid', ...told }: AboutLetter,
): Promise<void> => {
  const envelope = {
    specversion: '1.0' as const,
    id: crypto.randomUUID(),
    type,
    source: topic,
    subject: told.messageId,
    time: payment.resources.now().toISOString(),
    dataschema: `urn:kontora:${type}:1`,
    data: { ...told, kind, userId: crypto.randomUUID() },
  }
  for (const handler of consumers.filter(({ event }) => event.type === type)) {
    const outcome = await consume(payment.resources, handler, envelope, { topic, partition: 0, offset: 0 })
    expect(outcome).toBe('handled')
  }
}

const paidAndGivenBack = async () => {
  const made = await story.attempt()
  await story.pay(made.mdOrder, { callback: 'send' })
  await payment.bank.tick()
  await payment.run()
  const token = await story.operator()
  const body = { attemptId: made.attemptId, amountKopecks: 610_000, reason: 'Вернули половину' }
  const { json } = await payment.ask('POST', '/v1/refunds', { token, body })
  await payment.run()
  await payment.advance(3000)
  await payment.run()
  return { ...made, refundId: String(json.refundId), token }
}

const show = async (key: string, token: string): Promise<Payment> => {
  const { status, json } = await payment.ask('GET', `/v1/payments/${encodeURIComponent(key)}`, { token })
  expect([key, status]).toEqual([key, 200])
  return v.parse(Payment, json)
}

test('one answer has every attempt, callback, entry, refund, receipt, letter and document of 1С of a payment', async () => {
  const { invoiceId, attemptId, mdOrder, refundId, token } = await paidAndGivenBack()
  const messageId = crypto.randomUUID()
  await hear(notificationSent, { messageId, aboutId: invoiceId })
  const shown = await show(invoiceId, token)
  expect(shown).toMatchObject({
    invoice: { invoiceId, state: 'paid', paidKopecks: 1_220_000 },
    attempts: [
      { attemptId, mdOrder, state: 'settled', capturedKopecks: 1_220_000, refundedKopecks: 610_000 },
    ],
    refunds: [{ refundId, attemptId, state: 'settled', amountKopecks: 610_000 }],
    letters: [{ messageId, kind: 'invoice-paid', state: 'sent' }],
    moves: [],
    decisions: [],
    transfers: [],
    registry: [],
    differences: [],
  })
  expect(shown.callbacks.map(({ operation }) => operation)).toContain('deposited')
  expect(shown.ledger.map(({ kind, amountKopecks }) => `${kind} ${amountKopecks}`)).toEqual([
    'invoice-issued 1220000',
    'invoice-issued -1220000',
    'attempt-settled 1220000',
    'attempt-settled -1220000',
    'refund-requested 610000',
    'refund-requested -610000',
    'refund-settled 610000',
    'refund-settled -610000',
  ])
  expect(shown.exports.map(({ kind }) => kind)).toEqual(['invoice', 'payment', 'refund'])
  expect(shown.receipts.map(({ kind }) => kind)).toContain('refund')
})

test('it is found by every number that somebody may come with, ours or the bank’s', async () => {
  const { invoiceId, attemptId, mdOrder, refundId, token } = await paidAndGivenBack()
  const { invoice, attempts, refunds } = await show(invoiceId, token)
  const numbers = [attempts[0]?.orderNumber, refunds[0]?.refundNumber, invoice.number].map(String)
  for (const key of [attemptId, mdOrder, refundId, ...numbers])
    expect((await show(key, token)).invoice.invoiceId).toBe(invoiceId)
})

test('who may not read payments, and who asks for none, is told so', async () => {
  const { invoiceId, token: payer } = await story.invoice()
  const path = `/v1/payments/${invoiceId}`
  expect((await payment.ask('GET', path)).status).toBe(401)
  expect((await payment.ask('GET', path, { token: payer })).status).toBe(403)
  const token = await story.operator()
  for (const key of [crypto.randomUUID(), '2026-999999', 'nothing of ours'])
    expect((await payment.ask('GET', `/v1/payments/${encodeURIComponent(key)}`, { token })).status).toBe(404)
  expect((await payment.ask('GET', `/v1/payments/${'x'.repeat(65)}`, { token })).status).toBe(400)
})

test('a letter is never lowered by what is told late, and one about nothing of ours is not kept', async () => {
  const { invoiceId } = await story.invoice()
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
  await hear(notificationDelivered, { messageId: first, aboutId: invoiceId })
  await hear(notificationSent, { messageId: first, aboutId: invoiceId })
  await hear(notificationSent, { messageId: second, aboutId: invoiceId })
  await hear(notificationFailed, { messageId: second, aboutId: invoiceId })
  await hear(notificationBounced, { messageId: second, aboutId: invoiceId })
  await hear(notificationSent, { messageId: crypto.randomUUID(), aboutId: crypto.randomUUID() })
  await hear(notificationSent, { messageId: crypto.randomUUID(), aboutId: null, kind: 'login-code' })
  await hear(notificationSent, { messageId: crypto.randomUUID() })
  const { letters } = await show(invoiceId, await story.operator())
  expect(letters.map(({ messageId, state }) => [messageId, state])).toEqual(
    [
      [first, 'delivered'],
      [second, 'bounced'],
    ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
  expect(await payment.sql`select message_id from letters where invoice_id = ${invoiceId}`).toHaveLength(2)
})

test('as a story it has a line for each thing, in the order of time, and no name', async () => {
  const { invoiceId, token } = await paidAndGivenBack()
  const [head, ...lines] = tellPayment(await show(invoiceId, token)).split('\n')
  expect(head).toMatch(/^2026-\d{6}: paid, 12 200,00 ₽ of 12 200,00 ₽$/)
  const times = lines.map((line) => line.slice(0, 24))
  expect(times).toEqual(times.toSorted())
  for (const what of [
    'invoice issued',
    'attempt started',
    'callback',
    'booked attempt-settled',
    'refund settled',
  ])
    expect(lines.some((line) => line.slice(26).startsWith(what))).toBe(true)
})
