import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { ClientFault } from '../client/ask-client.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { receiptsCheck } from './alarm-receipts.ts'
import { expectTransferReceipt } from './expect-receipt.ts'
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

const hour = 3_600_000
const isWell = () => receiptsCheck(payment.resources).isWell()
const payer = (kind: 'person' | 'company') => {
  payment.resources.readRequisites = async (userId) => ({
    userId,
    displayName: 'Плательщик',
    kind,
    inn: null,
    kpp: null,
  })
}
const transfer = async () => {
  const { invoiceId, userId } = await story.invoice(1000)
  const moved = { id: crypto.randomUUID(), invoiceId, userId, amountKopecks: 1000 }
  await transaction(payment.sql, (tx) => expectTransferReceipt(tx, payment.resources, moved))
  await receipts.after(0)
  return invoiceId
}

test("a company's transfer wants no receipt", async () => {
  payer('company')
  const invoiceId = await transfer()
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'void', reason: 'between-companies' }])
})

test("a person's transfer wants one from the till by the end of the next working day, and an operator records it", async () => {
  payer('person')
  const invoiceId = await transfer()
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'expected', kind: 'advance' }])
  await receipts.after(35 * hour)
  expect(await isWell()).toBe(true)
  await receipts.after(37 * hour)
  expect(await isWell()).toBe(false)
  const [receipt] = await receipts.of(invoiceId)
  expect((await receipts.act(receipt?.id, 'repeat')).status).toBe(409)
  const till = { fiscalDriveNumber: '9960440301234567', fiscalDocumentNumber: '7', fiscalSign: '1234567890' }
  expect((await receipts.act(receipt?.id, 'record', till)).status).toBe(200)
  expect(await isWell()).toBe(true)
  const [event] = await payment.sql<{ data: object }[]>`
    select data from outbox where type = 'payment.receipt-delivered' and subject = ${invoiceId}`
  expect(event?.data).not.toHaveProperty('attemptId')
})

test('an entrepreneur who paid as one has it waived', async () => {
  payer('person')
  const [receipt] = await receipts.of(await transfer())
  expect((await receipts.act(receipt?.id, 'waive', { reason: 'forgotten' })).status).toBe(400)
  expect((await receipts.act(receipt?.id, 'waive', { reason: 'not-due' })).json.state).toBe('void')
})

test('where the setting wants none for transfers there is none, whoever paid', async () => {
  payment.resources.fiscal = { ...payment.resources.fiscal!, ofTransfers: 'none' }
  payer('person')
  expect(await receipts.of(await transfer())).toMatchObject([{ state: 'void', reason: 'not-wanted' }])
})

test('who paid is asked again while `client` is away', async () => {
  payment.resources.readRequisites = () => Promise.reject(new ClientFault('503'))
  const invoiceId = await transfer()
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'expected' }])
  payer('company')
  await receipts.after(60_000)
  expect(await receipts.of(invoiceId)).toMatchObject([{ state: 'void' }])
})

test('a company by card gets a receipt too, unless the setting omits it', async () => {
  payer('company')
  const sent = await story.settled()
  expect((await receipts.printed(sent.mdOrder)).length).toBe(1)
  payment.resources.fiscal = { ...payment.resources.fiscal!, ofCompanies: 'omit' }
  const omitted = await story.settled()
  expect((await receipts.printed(omitted.mdOrder)).length).toBe(0)
  expect(await receipts.of(omitted.invoiceId)).toEqual([])
  await receipts.refund(omitted.attemptId, 100)
  expect(await receipts.of(omitted.invoiceId)).toEqual([])
  payer('person')
  expect((await receipts.printed((await story.settled()).mdOrder)).length).toBe(1)
})

test('where receipts are none, orders and refunds go without carts', async () => {
  payment.resources.fiscal = undefined
  const { invoiceId, attemptId, mdOrder } = await story.settled()
  await receipts.refund(attemptId, 100)
  await receipts.after(24 * hour)
  expect([await receipts.of(invoiceId), await receipts.printed(mdOrder)]).toEqual([[], []])
  expect((await receipts.handOver(invoiceId)).json).toEqual({ invoiceId, receipts: 0 } as never)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
