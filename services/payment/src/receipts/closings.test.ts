import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { sumOf } from '../acquirer/sum.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
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
const isWell = () => receiptsCheck(payment.resources).isWell()
const settledAndDelivered = async (priceKopecks = 1000) => {
  const made = await story.settled({ priceKopecks })
  await receipts.after(minute)
  return made
}
const methodsOf = async (mdOrder: string) =>
  (await receipts.printed(mdOrder)).map(({ type, amount, items }) => [
    type,
    amount,
    items.map(({ itemAttributes }) => itemAttributes.attributes[0]?.value).join(),
    items.map(({ tax }) => tax.taxType).join(),
  ])
const delivered = async () => {
  await receipts.after(minute)
  await receipts.after(minute)
}

test('paid at once and handed over later: a full prepayment at 22/122, then a full payment at 22 %', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  expect(await receipts.handOver(invoiceId)).toMatchObject({ status: 202, json: { receipts: 1 } })
  await delivered()
  expect(await methodsOf(mdOrder)).toEqual([
    [null, 1000, '1', '15'],
    ['close', 1000, '4', '14'],
  ])
  expect(await receipts.of(invoiceId)).toMatchObject([
    { kind: 'advance', state: 'delivered' },
    { kind: 'final', state: 'delivered', amountKopecks: 1000 },
  ])
  expect((await receipts.handOver(invoiceId)).status).toBe(409)
})

test('only a paid invoice is handed over', async () => {
  const { invoiceId } = await story.invoice()
  expect((await receipts.handOver(invoiceId)).status).toBe(409)
  expect((await receipts.handOver(crypto.randomUUID())).status).toBe(404)
})

test('handed over by the time it is paid: one receipt of a full payment, and nothing to close', async () => {
  payment.resources.fiscal = { ...payment.resources.fiscal!, handOver: 'at-payment' }
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await delivered()
  expect(await methodsOf(mdOrder)).toEqual([[null, 1000, '4', '14']])
  expect(await receipts.of(invoiceId)).toMatchObject([{ kind: 'sale', state: 'delivered' }])
  expect(await receipts.handOver(invoiceId)).toMatchObject({ status: 202, json: { receipts: 0 } })
})

test('paid in three parts: each is a partial prepayment, and with the hand-over each order is closed', async () => {
  const made = await story.invoice(1001)
  const parts = []
  for (const kopecks of [300, 300, 401]) parts.push(await receipts.payPart(made, kopecks))
  await receipts.after(minute)
  expect(await receipts.handOver(made.invoiceId)).toMatchObject({ json: { receipts: 3 } })
  await delivered()
  for (const [i, kopecks] of [300, 300, 401].entries())
    expect(await methodsOf(parts[i]!.mdOrder)).toEqual([
      [null, kopecks, '2', '15'],
      ['close', kopecks, '4', '14'],
    ])
})

test('handed over by payment and paid in two parts: the last one closes both by itself', async () => {
  payment.resources.fiscal = { ...payment.resources.fiscal!, handOver: 'at-payment' }
  const made = await story.invoice(1000)
  const first = await receipts.payPart(made, 400)
  await delivered()
  expect(await methodsOf(first.mdOrder)).toEqual([[null, 400, '2', '15']])
  const second = await receipts.payPart(made, 600)
  await delivered()
  await delivered()
  for (const [order, kopecks] of [
    [first, 400],
    [second, 600],
  ] as const)
    expect(await methodsOf(order.mdOrder)).toEqual([
      [null, kopecks, '2', '15'],
      ['close', kopecks, '4', '14'],
    ])
})

test('an order that is paid late beside another is an advance that the hand-over leaves open', async () => {
  const first = await story.attempt({ way: 'sbp', priceKopecks: 1000 })
  await payment.advance(21 * minute)
  await payment.run('ask-bank')
  const token = await payment.tokenFor(first.userId)
  const path = `/v1/invoices/${first.invoiceId}/attempts`
  const { json } = await payment.ask('POST', path, { token, body: { way: 'card' } })
  await payment.run('start-attempts')
  const second = String((await story.attemptOf(String(json.attemptId))).mdOrder)
  await story.pay(second)
  await payment.advance(3000)
  await payment.run('ask-bank')
  await story.pay(first.mdOrder, { way: 'sbp' })
  await payment.advance(16 * minute)
  await payment.run('ask-bank')
  await receipts.after(minute)
  expect(await receipts.handOver(first.invoiceId)).toMatchObject({ json: { receipts: 1 } })
  await delivered()
  expect((await methodsOf(second)).length).toBe(2)
  expect(await methodsOf(first.mdOrder)).toEqual([[null, 1000, '1', '15']])
})

test('a refund of a part is a prepayment that goes back; the closing is of the rest', async () => {
  const { invoiceId, attemptId, mdOrder } = await settledAndDelivered()
  await receipts.refund(attemptId, 300)
  await receipts.handOver(invoiceId)
  await delivered()
  expect(await methodsOf(mdOrder)).toEqual([
    [null, 1000, '1', '15'],
    [null, 300, '1', '15'],
    ['close', 700, '4', '14'],
  ])
  expect(await receipts.of(invoiceId)).toMatchObject([
    { kind: 'advance', state: 'delivered' },
    { kind: 'refund', state: 'delivered', amountKopecks: 300 },
    { kind: 'final', state: 'delivered', amountKopecks: 700 },
  ])
})

test('a refund after the hand-over is a sale that goes back', async () => {
  const { invoiceId, attemptId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  await delivered()
  await receipts.refund(attemptId, 400)
  await receipts.refund(attemptId, 600)
  await delivered()
  expect((await methodsOf(mdOrder)).slice(2)).toEqual([
    [null, 400, '4', '14'],
    [null, 600, '4', '14'],
  ])
  expect((await receipts.of(invoiceId)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'advance delivered',
    'final delivered',
    'refund delivered',
    'refund delivered',
  ])
})

test('after all was refunded there is nothing to close, and the bank is not even asked', async () => {
  const { invoiceId, attemptId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  await receipts.refund(attemptId, 1000)
  await delivered()
  expect((await receipts.of(invoiceId)).map(({ kind, state, reason }) => [kind, state, reason])).toEqual([
    ['advance', 'delivered', null],
    ['final', 'void', 'refunded'],
    ['refund', 'delivered', null],
  ])
  expect((await methodsOf(mdOrder)).length).toBe(2)
  const later = await settledAndDelivered()
  await receipts.refund(later.attemptId, 1000)
  expect(await receipts.handOver(later.invoiceId)).toMatchObject({ status: 202, json: { receipts: 0 } })
})

test('a refund that failed has no receipt and takes nothing from the closing', async () => {
  const { invoiceId, attemptId } = await settledAndDelivered()
  await payment.bank.ask('POST', 'settings', { refundFails: true })
  const refundId = await receipts.refund(attemptId, 300)
  const [refund] = await payment.sql<{ state: string }[]>`select state from refunds where id = ${refundId}`
  await payment.bank.ask('POST', 'settings', { refundFails: false })
  await receipts.handOver(invoiceId)
  await delivered()
  expect(refund?.state).toBe('failed')
  expect(await receipts.of(invoiceId)).toMatchObject([
    { kind: 'advance' },
    { kind: 'final', amountKopecks: 1000 },
  ])
})

test.each(['timeout-after-acting', 'garbage'])(
  'a closing whose answer was lost by %s is found in the list, and made once',
  async (kind) => {
    const { invoiceId, mdOrder } = await settledAndDelivered()
    await receipts.handOver(invoiceId)
    await payment.bank.fault({ operation: 'closeOfdReceipt.do', kind })
    await delivered()
    expect((await receipts.of(invoiceId))[1]).toMatchObject({ kind: 'final', state: 'delivered' })
    expect((await receipts.printed(mdOrder)).length).toBe(2)
  },
)

test('a closing that may or may not have been done is not guessed at: after a day a person repeats it', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  await payment.bank.fault({ operation: 'closeOfdReceipt.do', kind: 'error' })
  await receipts.after(minute)
  await payment.bank.fault()
  for (let i = 0; i < 25; i++) await receipts.after(60 * minute)
  const closing = (await receipts.of(invoiceId))[1]
  expect([closing?.state, await isWell(), (await receipts.printed(mdOrder)).length]).toEqual([
    'expected',
    false,
    1,
  ])
  expect((await receipts.act(closing?.id, 'repeat')).status).toBe(202)
  await delivered()
  expect([(await receipts.of(invoiceId))[1]?.state, await isWell()]).toEqual(['delivered', true])
  expect((await receipts.printed(mdOrder)).length).toBe(2)
})

test('a repeat finds a closing that was made after all, and asks for no second one', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  await payment.bank.fault({ operation: 'closeOfdReceipt.do', kind: 'timeout-after-acting' })
  await payment.advance(minute)
  await payment.run('tell-closings')
  await receipts.act((await receipts.of(invoiceId))[1]?.id, 'repeat')
  await delivered()
  expect((await receipts.of(invoiceId))[1]?.state).toBe('delivered')
  expect((await receipts.printed(mdOrder)).length).toBe(2)
})

test('a gateway that has too many requests has done nothing, and is asked again by itself', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  await payment.bank.fault({ operation: 'closeOfdReceipt.do', kind: 'error', status: 429 })
  await delivered()
  await delivered()
  expect((await receipts.of(invoiceId))[1]?.state).toBe('delivered')
  expect((await receipts.printed(mdOrder)).length).toBe(2)
})

test('a closing that failed at the till is made anew by an operator, and the old one is not taken for it', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await payment.bank.ask('POST', 'settings', { receiptFails: true })
  await receipts.handOver(invoiceId)
  await delivered()
  const closing = (await receipts.of(invoiceId))[1]
  expect([closing?.state, closing?.reason, await isWell()]).toEqual(['error', 'bank', false])
  await payment.bank.ask('POST', 'settings', { receiptFails: false })
  await receipts.act(closing?.id, 'repeat')
  await delivered()
  expect([(await receipts.of(invoiceId))[1]?.state, await isWell()]).toEqual(['delivered', true])
  expect((await receipts.printed(mdOrder)).map(({ receiptStatus }) => receiptStatus)).toEqual([1, 2, 1])
})

test('a closing that the bank refuses is shown with its code; one that is on its way is not asked for twice', async () => {
  const { invoiceId } = await settledAndDelivered()
  await payment.bank.ask('POST', 'settings', { receiptDelayMs: 60 * minute })
  await receipts.handOver(invoiceId)
  await delivered()
  const sent = (await receipts.of(invoiceId))[1]
  expect([sent?.state, (await receipts.act(sent?.id, 'repeat')).status]).toEqual(['sent', 409])
  const other = await story.settled({ priceKopecks: 1000 })
  await receipts.handOver(other.invoiceId)
  const fiscal = payment.resources.fiscal!
  payment.resources.fiscal = { ...fiscal, readContact: async () => undefined }
  await receipts.after(minute)
  expect((await receipts.of(other.invoiceId))[1]).toMatchObject({ state: 'error', reason: 'no-contact' })
})

test('a closing of an order that was given back past us is refused by the bank, and shown', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await payment.resources.acquirers.of('rbs').refund({
    order: { orderNumber: '', bankId: mdOrder },
    amount: sumOf(1000),
    number: 'PAST-US',
    expectedCapturedKopecks: 1000,
  })
  await receipts.handOver(invoiceId)
  await receipts.after(minute)
  const closing = (await receipts.of(invoiceId))[1]
  expect(closing).toMatchObject({ kind: 'final', state: 'error', reason: '7' })
  expect(receipts.told('receipt-failed', closing?.id)).toBe(1)
})

test('two processes that tell a closing at once make one', async () => {
  const { invoiceId, mdOrder } = await settledAndDelivered()
  await receipts.handOver(invoiceId)
  const { tellClosings } = await import('./tell-closings.ts')
  await Promise.all([tellClosings(payment.resources), tellClosings(payment.resources)])
  await delivered()
  expect((await receipts.printed(mdOrder)).length).toBe(2)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
