import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { splitByVat } from '../accounting/split-by-vat.ts'
import { ClientFault } from '../client/ask-client.ts'
import { mapping, openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { deliverDocument } from './deliver-document.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

type Document = {
  set: string
  Ref_Key: string
  creates: number
  posts: number
  Posted: boolean
  amount: number
}
const { counterparties, contracts } = mapping.sets
const { invoice, card, refund: returns } = mapping.documents
const [invoices, cardPayments, refunds] = [invoice.set, card.set, returns.set]
const documentsOf = async (...ids: unknown[]): Promise<Document[]> => {
  const { documents } = await payment.base.ask('GET', 'documents')
  return (documents as Document[]).filter((document) => ids.includes(document.Ref_Key))
}
const exportOf = async (id: unknown) => {
  const token = await story.operator()
  const { json } = await payment.ask('GET', '/v1/exports?limit=200', { token })
  return json.items.find((item) => item.id === id)
}
const round = async () => {
  await payment.advance(11 * 60_000)
  await payment.run('export-to-one-c')
}
const refund = async (attemptId: string, amountKopecks: number): Promise<string> => {
  const body = { attemptId, amountKopecks, reason: 'Возврат' }
  const { json } = await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
  await payment.run('send-refunds')
  return String(json.refundId)
}

test('an invoice, its payment and its refund lie in 1С under our ids, posted, linked and with their sums', async () => {
  const { invoiceId, attemptId, userId } = await story.settled({ priceKopecks: 1_220_010 })
  const refundId = await refund(attemptId, 100_005)
  for (let i = 0; i < 3; i++) await payment.run('export-to-one-c')
  expect(await documentsOf(invoiceId, attemptId, refundId)).toMatchObject([
    { set: invoices, Ref_Key: invoiceId, amount: 12200.1, creates: 1, posts: 1, Posted: true },
    { set: cardPayments, Ref_Key: attemptId, amount: 12200.1, entries: true },
    { set: refunds, Ref_Key: refundId, amount: 1000.05, entries: true },
  ] as never)
  const made = await payment.oneC.get(cardPayments, attemptId)
  expect(made).toMatchObject({
    Контрагент: userId,
    РасшифровкаПлатежа: [{ СчетНаОплату_Key: invoiceId, СуммаНДС: 2200.02 }],
  })
  const events = await payment.sql<{ data: object }[]>`
    select data from outbox where type = 'payment.exported' and subject in (${invoiceId}, ${attemptId}, ${refundId})
    order by position`
  expect(events.map(({ data }) => data)).toEqual([
    { kind: 'invoice', id: invoiceId },
    { kind: 'payment', id: attemptId },
    { kind: 'refund', id: refundId },
  ])
})

test('a payment waits for its invoice', async () => {
  await payment.base.fault({ operation: `POST ${invoices}`, kind: 'error' })
  const { invoiceId, attemptId } = await story.settled()
  await payment.run('export-to-one-c')
  await payment.run('export-to-one-c')
  expect(await documentsOf(invoiceId, attemptId)).toEqual([])
  expect(await exportOf(invoiceId)).toMatchObject({ state: 'waiting', reasonCode: '503' })
  await round()
  await round()
  const made = await documentsOf(invoiceId, attemptId)
  expect(made.map(({ set }) => set).sort()).toEqual([invoices, cardPayments].sort())
})

test('under every fault at every step there is in the end each document once', async () => {
  const faults = ['timeout-after-acting', 'garbage', 'error'].flatMap((kind) =>
    [counterparties, contracts, invoices, cardPayments].flatMap((set) =>
      [`GET ${set}`, `POST ${set}`, `Post ${set}`].map((operation) => ({ operation, kind, status: 503 })),
    ),
  )
  await payment.base.fault(...faults)
  const { invoiceId, attemptId } = await story.settled()
  let rounds = 0
  while ((await exportOf(attemptId))?.state !== 'exported' && rounds++ < 60) await round()
  expect(rounds).toBeGreaterThan(6)
  expect(rounds).toBeLessThan(60)
  await payment.base.ask('DELETE', 'faults')
  expect(await documentsOf(invoiceId, attemptId)).toMatchObject([
    { creates: 1, posts: 1, Posted: true },
    { creates: 1, posts: 1, Posted: true },
  ])
})

test('a crash after any step, and two processes at once, make no second document', async () => {
  const { invoiceId } = await story.invoice()
  const [row] = await payment.sql<Parameters<typeof deliverDocument>[1][]>`
    select kind, document_id, invoice_id, payment_id, way, amount_kopecks, happened_at from exports
    where id = ${invoiceId}`
  if (!row) throw new Error('No such export')
  const deliver = () => deliverDocument(payment.resources, row)
  await Promise.all([deliver(), deliver()])
  await deliver()
  await round()
  expect(await documentsOf(invoiceId)).toMatchObject([{ posts: expect.any(Number), Posted: true }])
  expect(await exportOf(invoiceId)).toMatchObject({ state: 'exported' })
})

test("what 1С refuses is shown with 1С's words, is not repeated by itself, and goes when an operator asks again", async () => {
  await payment.base.ask('POST', 'settings', { closedBefore: '2027-01-01' })
  const { invoiceId } = await story.invoice()
  await payment.run('export-to-one-c')
  const refused = await exportOf(invoiceId)
  expect(refused).toMatchObject({ state: 'failed', reasonCode: '-1', attempts: 1 })
  expect(String(refused?.reasonText)).toContain('закрыт')
  expect(payment.lines.join()).not.toContain('закрыт')
  await payment.base.ask('POST', 'settings', { closedBefore: null })
  await round()
  expect(await exportOf(invoiceId)).toMatchObject({ state: 'failed' })
  const token = await story.operator()
  const retry = () => payment.ask('POST', `/v1/exports/${invoiceId}/retry`, { token })
  expect(await retry()).toMatchObject({ status: 202, json: { state: 'waiting' } })
  await payment.run('export-to-one-c')
  expect(await exportOf(invoiceId)).toMatchObject({ state: 'exported', reasonCode: null })
  expect((await retry()).status).toBe(409)
})

test('a payer whom `client` does not know is shown to the operator; an absent `client` is asked again', async () => {
  const { readRequisites } = payment.resources
  payment.resources.readRequisites = async () => undefined
  const unknown = await story.invoice()
  await payment.run('export-to-one-c')
  expect(await exportOf(unknown.invoiceId)).toMatchObject({ state: 'failed', reasonCode: 'no-requisites' })
  payment.resources.readRequisites = () => Promise.reject(new ClientFault('no answer'))
  const away = await story.invoice()
  await payment.run('export-to-one-c')
  expect(await exportOf(away.invoiceId)).toMatchObject({ state: 'waiting', reasonCode: 'client' })
  payment.resources.readRequisites = readRequisites
  await round()
  expect(await exportOf(away.invoiceId)).toMatchObject({ state: 'exported' })
})

test('who may not see or retry exports does not', async () => {
  const token = await payment.tokenFor(crypto.randomUUID())
  const id = crypto.randomUUID()
  expect((await payment.ask('GET', '/v1/exports', { token })).status).toBe(403)
  expect((await payment.ask('POST', `/v1/exports/${id}/retry`, { token })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/exports')).status).toBe(401)
  const operator = await story.operator()
  expect((await payment.ask('POST', `/v1/exports/${id}/retry`, { token: operator })).status).toBe(404)
  expect((await payment.ask('GET', '/v1/exports?state=lost', { token: operator })).status).toBe(400)
})

test('a sum over the VAT rates of an invoice adds up to the kopeck', () => {
  const share = fc.record({
    vat: fc.constantFrom('none', '10', '22'),
    percent: fc.constant(null),
    amountKopecks: fc.integer({ min: 1, max: 10 ** 9 }),
  })
  fc.assert(
    fc.property(
      fc.array(share, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 10 ** 9 }),
      (lines, part) => {
        const shares = splitByVat(lines, part)
        return shares.reduce((sum, one) => sum + one.amountKopecks, 0) === part
      },
    ),
  )
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
