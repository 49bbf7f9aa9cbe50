import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { ClientFault } from '../client/ask-client.ts'
import { type Json, openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { receiptsCheck } from './alarm-receipts.ts'
import { receiptStoryOf } from './testing-receipts.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
let receipts: ReturnType<typeof receiptStoryOf>
beforeAll(async () => {
  payment = await openTestPayment({ fiscal: {} })
  story = storyOf(payment)
  receipts = receiptStoryOf(payment)
})
afterAll(() => payment.close())
beforeEach(() => receipts.clear())

const minute = 60_000
const hour = 60 * minute
const isWell = () => receiptsCheck(payment.resources).isWell()

test('an order goes to the bank with its cart, and the receipt of its payment comes with its numbers', async () => {
  const made = await story.settled({ priceKopecks: 1_220_000 })
  const { receipts: printed } = await payment.bank.ask('GET', `orders/${made.mdOrder}/receipts`)
  expect(printed).toMatchObject([
    {
      amount: 1_220_000,
      items: [
        {
          name: 'Сопровождение',
          itemAmount: 1_220_000,
          tax: { taxType: 15, taxSum: 220_000 },
          itemAttributes: { attributes: [{ value: '1' }, { name: 'paymentObject', value: '4' }] },
        },
      ],
    },
  ])
  expect(await receipts.of(made.invoiceId)).toMatchObject([{ kind: 'advance', state: 'expected' }])
  await receipts.after(minute)
  const { json } = await payment.ask('GET', `/v1/invoices/${made.invoiceId}/receipts`, {
    token: await payment.tokenFor(made.userId),
  })
  expect(json.items).toMatchObject([
    {
      kind: 'advance',
      state: 'delivered',
      attemptId: made.attemptId,
      amountKopecks: 1_220_000,
      fiscalDriveNumber: '9960440301234567',
      fiscalDocumentNumber: expect.any(String),
      fiscalSign: expect.any(String),
      ofdUrl: expect.stringContaining('https://ofd.example/'),
    },
  ])
  const [event] = await payment.sql<{ data: object }[]>`
    select data from outbox where type = 'payment.receipt-delivered' and subject = ${made.invoiceId}`
  const { invoiceId, userId, attemptId } = made
  expect(event?.data).toEqual({ receiptId: json.items[0]?.receiptId, invoiceId, userId, attemptId })
})

test('nothing of ours keeps or logs to whom a receipt goes', async () => {
  const email = 'taina@example.ru'
  payment.resources.fiscal = { ...payment.resources.fiscal!, readContact: async () => email }
  const { invoiceId } = await story.settled()
  await receipts.after(minute)
  await receipts.handOver(invoiceId)
  await receipts.after(minute)
  await receipts.after(minute)
  expect(await receipts.of(invoiceId)).toMatchObject([
    { state: 'delivered' },
    { kind: 'final', state: 'delivered' },
  ])
  expect(payment.lines.join()).not.toContain(email)
  const tables = await payment.ownerSql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  expect(tables.length).toBeGreaterThan(10)
  for (const { name } of tables) {
    const rows = await payment.ownerSql.unsafe(`select to_jsonb(one)::text as text from "${name}" one`)
    expect([name, rows.some(({ text }) => String(text).includes(email))]).toEqual([name, false])
  }
})

test('an order whose registration was lost is told with the same cart again, and has one receipt', async () => {
  await payment.bank.fault({ operation: 'register.do', kind: 'error' })
  const made = await story.attempt({ way: 'sbp' })
  await payment.advance(3000)
  await payment.run('start-attempts')
  const carts =
    await payment.sql`select operation_id from receipt_carts where operation_id = ${made.attemptId}`
  const { mdOrder } = await story.attemptOf(made.attemptId)
  await story.pay(String(mdOrder))
  await payment.advance(3000)
  await payment.run('ask-bank')
  expect([carts.length, (await receipts.of(made.invoiceId)).length]).toEqual([1, 1])
})

test('a payer without an address that the bank takes pays when the company lends its own, else not', async () => {
  const long = `${'a'.repeat(40)}@example.ru`
  const fiscal = payment.resources.fiscal!
  payment.resources.fiscal = { ...fiscal, readContact: async () => long }
  const refused = await story.attempt()
  expect(await story.attemptOf(refused.attemptId)).toMatchObject({ state: 'failed', reason: 'no-contact' })
  payment.resources.fiscal = { ...fiscal, readContact: async () => undefined, ownContact: 'bill@example.ru' }
  expect(await story.attemptOf((await story.attempt()).attemptId)).toMatchObject({ state: 'open' })
})

test('while `client` is away no order is registered; then it is', async () => {
  const fiscal = payment.resources.fiscal!
  payment.resources.fiscal = { ...fiscal, readContact: () => Promise.reject(new ClientFault('503')) }
  const made = await story.attempt()
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'unknown', mdOrder: null })
  payment.resources.fiscal = fiscal
  await payment.advance(3000)
  await payment.run('start-attempts')
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'open' })
})

test('the bank is asked at 1, 5 and 30 minutes and then hourly; a delivery after three hours is found', async () => {
  await payment.bank.ask('POST', 'settings', { receiptDelayMs: 3 * hour })
  const { invoiceId } = await story.settled()
  const seen: unknown[] = []
  for (const wait of [1, 4, 25, 60, 60, 60]) {
    await receipts.after(wait * minute)
    seen.push((await receipts.of(invoiceId))[0]?.state)
  }
  expect(seen).toEqual(['sent', 'sent', 'sent', 'sent', 'sent', 'delivered'])
  const asks = await payment.bank.ask('GET', 'journal?operation=getReceiptStatus.do')
  const before = (asks.entries as unknown[]).length
  await receipts.after(24 * hour)
  const after = await payment.bank.ask('GET', 'journal?operation=getReceiptStatus.do')
  expect((after.entries as unknown[]).length).toBe(before)
})

test('after a day without delivery people are told once, health says so, and a later delivery ends it', async () => {
  await payment.bank.ask('POST', 'settings', { receiptDelayMs: 30 * hour })
  const { invoiceId } = await story.settled()
  await receipts.after(minute)
  await receipts.after(24 * hour - minute - 3000)
  expect(await isWell()).toBe(true)
  await receipts.after(3000)
  expect(await isWell()).toBe(false)
  const summary = await payment.ask('GET', '/v1/receipts/summary', { token: await story.operator() })
  expect(summary.json).toEqual({
    ...{ expected: 0, sent: 1, error: 0, alarmed: 1 },
    oldestExpectedAt: expect.any(String),
  } as never)
  const [late] = await receipts.of(invoiceId)
  const { json } = await payment.ask('GET', '/v1/receipts?alarmed=true', { token: await story.operator() })
  expect(json.items).toMatchObject([{ receiptId: late?.id, state: 'sent', alarmedAt: expect.any(String) }])
  await receipts.after(6 * hour)
  await receipts.after(6 * hour)
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'delivered' }])
  expect([await isWell(), receipts.told('receipt-late', late?.id)]).toEqual([true, 1])
})

test('a bank that does not answer for a day raises the alarm too, and nothing is lost', async () => {
  const { invoiceId } = await story.settled()
  await payment.bank.fault({ operation: 'getReceiptStatus.do', kind: 'error', times: 1000 })
  for (let i = 0; i < 25; i++) await receipts.after(hour)
  expect([await isWell(), (await receipts.of(invoiceId))[0]?.state]).toEqual([false, 'expected'])
  await payment.bank.fault()
  await receipts.after(hour)
  expect([await isWell(), (await receipts.of(invoiceId))[0]?.state]).toEqual([true, 'delivered'])
})

test.each(['timeout-after-acting', 'garbage', 'error'])(
  'an answer lost by %s is asked for again',
  async (kind) => {
    const { invoiceId } = await story.settled()
    await payment.bank.fault({ operation: 'getReceiptStatus.do', kind })
    await receipts.after(minute)
    expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'expected' }])
    await receipts.after(minute)
    expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'delivered' }])
  },
)

test('a receipt that failed is told at once; delivered after all it is well; until then an operator may look again', async () => {
  await payment.bank.ask('POST', 'settings', { receiptFails: true })
  const { invoiceId, mdOrder } = await story.settled()
  await receipts.after(minute)
  const [failed] = await receipts.of(invoiceId)
  expect([failed?.state, failed?.reason, await isWell()]).toEqual(['error', 'bank', false])
  expect(receipts.told('receipt-failed', failed?.id)).toBe(1)
  const { receipts: printed } = await payment.bank.ask('GET', `orders/${mdOrder}/receipts`)
  await payment.bank.ask('POST', `receipts/${(printed as Json[])[0]?.uuid}`, { outcome: 'delivered' })
  const repeat = await receipts.act(failed?.id, 'repeat')
  expect(repeat).toMatchObject({ status: 202, json: { state: 'expected' } })
  await payment.run('ask-receipts')
  expect([(await receipts.of(invoiceId))[0]?.state, await isWell()]).toEqual(['delivered', true])
  expect((await receipts.act(failed?.id, 'repeat')).status).toBe(409)
})

test('a receipt of another sum than the payment is no delivery, but an alarm', async () => {
  const { invoiceId, attemptId } = await story.settled()
  await payment.ownerSql`update receipts set amount_kopecks = 1 where attempt_id = ${attemptId}`
  await receipts.after(minute)
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'error', reason: 'amount' }])
})

test.each([
  { receiptVersion: 1 },
  { receiptVersion: 2, receiptAmountUnit: 'kopecks' },
  { receiptVersion: 3, receiptDateField: 'receipt_date_time', receiptLink: false },
])('the answer is understood as %j', async (settings) => {
  await payment.bank.ask('POST', 'settings', settings)
  const { invoiceId } = await story.settled()
  await receipts.after(minute)
  await receipts.handOver(invoiceId)
  await receipts.after(minute)
  await receipts.after(minute)
  const [sale, closing] = await receipts.of(invoiceId)
  expect([sale?.state, closing?.state]).toEqual(['delivered', 'delivered'])
  expect(sale?.issuedAt).toBeInstanceOf(Date)
  expect(sale?.ofdUrl === null).toBe('receiptLink' in settings)
})

test('a correction that somebody made at the bank is seen, and its failure is an alarm', async () => {
  const { invoiceId, mdOrder } = await story.settled()
  await payment.bank.ask('POST', 'receipts', { mdOrder, outcome: 'error' })
  await receipts.after(minute)
  const rows = await receipts.of(invoiceId)
  expect(rows).toMatchObject([
    { kind: 'advance', state: 'delivered' },
    { kind: 'correction', state: 'error' },
  ])
  expect(await isWell()).toBe(false)
  const waived = await receipts.act(rows[1]?.id, 'waive', { reason: 'corrected' })
  expect([waived.status, waived.json.state, await isWell()]).toEqual([200, 'void', true])
})

test('what the bank could not make is made at a till and recorded, once', async () => {
  await payment.bank.ask('POST', 'settings', { receiptFails: true })
  const { invoiceId } = await story.settled()
  await receipts.after(minute)
  const [failed] = await receipts.of(invoiceId)
  const till = { fiscalDriveNumber: '9960440301234567', fiscalDocumentNumber: '7', fiscalSign: '1234567890' }
  expect((await receipts.act(failed?.id, 'record', { ...till, fiscalDriveNumber: '1' })).status).toBe(400)
  expect((await receipts.act(failed?.id, 'record', { ...till, ofdUrl: 'http://ofd.ru/1' })).status).toBe(400)
  expect((await receipts.act(failed?.id, 'record', till)).json.state).toBe('delivered')
  expect((await receipts.act(failed?.id, 'record', till)).status).toBe(409)
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'delivered', reason: 'by-hand', ...till }])
})

test('who may not see, repeat, record or hand over does not', async () => {
  const { invoiceId, userId } = await story.settled()
  const [receipt] = await receipts.of(invoiceId)
  const own = await payment.tokenFor(userId)
  const stranger = await payment.tokenFor(crypto.randomUUID())
  const ask = async (method: string, path: string, token?: string, body?: object) =>
    (await payment.ask(method, `/v1/${path}`, { ...(token && { token }), ...(body && { body }) })).status
  expect(await ask('GET', `invoices/${invoiceId}/receipts`, stranger)).toBe(404)
  expect(await ask('GET', `invoices/${invoiceId}/receipts`, await story.operator())).toBe(200)
  expect(await ask('GET', `invoices/${invoiceId}/receipts`)).toBe(401)
  for (const token of [own, stranger]) {
    expect(await ask('GET', 'receipts', token)).toBe(403)
    expect(await ask('GET', 'receipts/summary', token)).toBe(403)
    expect(await ask('POST', `invoices/${invoiceId}/hand-over`, token)).toBe(403)
    expect(await ask('POST', `receipts/${receipt?.id}/repeat`, token)).toBe(403)
    expect(await ask('POST', `receipts/${receipt?.id}/record`, token, {})).toBe(403)
    expect(await ask('POST', `receipts/${receipt?.id}/waive`, token, { reason: 'not-due' })).toBe(403)
  }
  expect(await ask('GET', 'receipts')).toBe(401)
  expect((await receipts.act(crypto.randomUUID(), 'repeat')).status).toBe(404)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
