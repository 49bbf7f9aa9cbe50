import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { mapping, openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { queueExport } from './queue-export.ts'

type Document = { set: string; Ref_Key: string; Posted: boolean; DeletionMark: boolean; amount: number }
const { invoice, card, sbp, refund, transfer, commission } = mapping.documents

describe.each(['odata', 'http'] as const)('by %s', (channel) => {
  let payment: TestPayment
  let story: ReturnType<typeof storyOf>
  beforeAll(async () => {
    payment = await openTestPayment({ channel })
    story = storyOf(payment)
  })
  afterAll(() => payment.close())

  const documentsOf = async (...ids: string[]): Promise<Document[]> => {
    const documents = (await payment.base.ask('GET', 'documents')).documents as Document[]
    return ids.flatMap((id) => documents.filter((one) => one.Ref_Key === id))
  }
  const statesOf = async (invoiceId: string) => {
    const rows = await payment.sql<{ kind: string; state: string; reasonCode: string | null }[]>`
      select kind, state, reason_code from exports where invoice_id = ${invoiceId} order by position`
    return rows.map(({ kind, state }) => `${kind} ${state}`)
  }
  const exportAll = async () => {
    for (let i = 0; i < 6; i++) {
      await payment.advance(61_000 * 5)
      await payment.run('export-to-one-c')
    }
  }
  const refundOf = async (attemptId: string, amountKopecks: number): Promise<string> => {
    const body = { attemptId, amountKopecks, reason: 'Возврат' }
    const { json } = await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
    await payment.run('send-refunds')
    return String(json.refundId)
  }
  const queue = (queued: Parameters<typeof queueExport>[2]) =>
    transaction(payment.sql, (tx) => queueExport(tx, payment.resources, queued))

  test('invoice, payment by card and by СБП, and two refunds lie there once, posted, with the sums to the kopeck', async () => {
    const byCard = await story.settled({ priceKopecks: 100_000_000 })
    const refunds = [await refundOf(byCard.attemptId, 33_333_333), await refundOf(byCard.attemptId, 1)]
    const bySbp = await story.settled({ way: 'sbp', priceKopecks: 7 })
    await exportAll()
    const ids = [byCard.invoiceId, byCard.attemptId, ...refunds, bySbp.invoiceId, bySbp.attemptId]
    const made = await documentsOf(...ids)
    expect(made.map(({ set, amount }) => [set, amount])).toEqual([
      [invoice.set, 1_000_000],
      [card.set, 1_000_000],
      [refund.set, 333_333.33],
      [refund.set, 0.01],
      [invoice.set, 0.07],
      [sbp.set, 0.07],
    ])
    expect(made.every(({ Posted }) => Posted)).toBe(true)
    const numbers = await payment.sql<{ oneCNumber: string | null }[]>`
      select one_c_number from exports where invoice_id = ${byCard.invoiceId}`
    expect(numbers.every(({ oneCNumber }) => /^0000-\d{6}$/.test(oneCNumber ?? ''))).toBe(true)
  })

  test('a transfer and the commission of the bank go by the documents that the mapping names', async () => {
    const { invoiceId, userId, attemptId } = await story.settled({ priceKopecks: 500_000 })
    const money = { invoiceId, userId, at: payment.resources.now() }
    const [transferId, feeId] = [crypto.randomUUID(), crypto.randomUUID()]
    await queue({ kind: 'transfer', id: transferId, amountKopecks: 12_345, ...money })
    const fee = { id: feeId, amountKopecks: 9_901, paymentId: attemptId, way: 'card' as const }
    await queue({ kind: 'commission', ...fee, ...money })
    await exportAll()
    expect(await statesOf(invoiceId)).toEqual([
      'invoice exported',
      'payment exported',
      'transfer exported',
      'commission exported',
    ])
    const [moved] = await documentsOf(transferId)
    expect(moved).toMatchObject({ set: (transfer as { set: string }).set, amount: 123.45, Posted: true })
    if (channel === 'odata') {
      const [kept] = await documentsOf(feeId)
      expect(kept).toMatchObject({ set: (commission as { set: string }).set, amount: 99.01, Posted: true })
    } else {
      const sees = { headers: { authorization: `Basic ${Buffer.from('Обмен:пароль').toString('base64')}` } }
      const url = `http://one-c.test/buh/hs/integration/v1/payments/${attemptId}`
      expect(await (await payment.base.app.request(url, sees)).json()).toMatchObject({
        fee: '99.01',
        amount: '5000.00',
      })
    }
  })

  test('a cancelled invoice is marked for deletion, after it was written', async () => {
    const { invoiceId } = await story.invoice()
    await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: await story.operator() })
    await exportAll()
    expect(await statesOf(invoiceId)).toEqual(['invoice exported', 'cancellation exported'])
    expect(await documentsOf(invoiceId)).toMatchObject([{ Posted: false, DeletionMark: true }])
  })

  test('the document of a transfer that is taken back is marked for deletion, after it was written, and that is no difference', async () => {
    const { invoiceId, userId } = await story.invoice()
    const money = { invoiceId, userId, amountKopecks: 5000, at: payment.resources.now() }
    const documentId = crypto.randomUUID()
    await queue({ kind: 'transfer', id: documentId, ...money })
    await queue({ kind: 'withdrawal', id: crypto.randomUUID(), documentId, ...money })
    await exportAll()
    expect(await statesOf(invoiceId)).toEqual([
      'invoice exported',
      'transfer exported',
      'withdrawal exported',
    ])
    expect(await documentsOf(documentId)).toMatchObject([{ Posted: false, DeletionMark: true, amount: 50 }])
    await payment.advance(600_000)
    const token = await story.operator()
    await payment.ask('POST', '/v1/one-c/comparisons', { token, body: {} })
    await payment.run('compare-with-one-c')
    const { json } = await payment.ask('GET', '/v1/one-c/differences', { token })
    expect(json.items.filter((one) => one.documentId === documentId)).toEqual([])
  })

  test('what was refused holds back what comes after it, of its invoice alone; left out by hand, it does no more', async () => {
    await payment.base.ask('POST', 'settings', { closedBefore: '2027-01-01' })
    const stuck = await story.settled()
    await payment.run('export-to-one-c')
    await payment.base.ask('POST', 'settings', { closedBefore: null })
    const free = await story.settled()
    await exportAll()
    expect(await statesOf(stuck.invoiceId)).toEqual(['invoice failed', 'payment waiting'])
    expect(await statesOf(free.invoiceId)).toEqual(['invoice exported', 'payment exported'])
    const token = await story.operator()
    const list = await payment.ask('GET', `/v1/exports?invoiceId=${stuck.invoiceId}`, { token })
    const waiting = list.json.items.find(({ kind }) => kind === 'payment')
    expect(waiting).toMatchObject({ state: 'waiting', waitsFor: stuck.invoiceId })
    const body = { reason: 'Внесён бухгалтером' }
    const path = `/v1/exports/${stuck.invoiceId}/leave-out`
    expect(await payment.ask('POST', path, { token, body })).toMatchObject({ status: 200 })
    await exportAll()
    const states = await statesOf(stuck.invoiceId)
    expect(states[0]).toBe('invoice left-out')
    expect(states[1]).not.toBe('payment waiting')
  })

  test('a sum above what 1С can keep is refused before anything is written', async () => {
    const { invoiceId } = await story.invoice(1_000_000_000_000_000)
    await exportAll()
    expect(await statesOf(invoiceId)).toEqual(['invoice failed'])
    expect(await documentsOf(invoiceId)).toEqual([])
    const largest = await story.invoice(999_999_999_999_999)
    await exportAll()
    expect(await documentsOf(largest.invoiceId)).toMatchObject([{ amount: 9_999_999_999_999.99 }])
  })

  test('no row broke on a bug of ours in all of these', () => {
    expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
  })
})

test('what the mapping leaves to 1С is never sent: a transfer, a commission, a cancellation', async () => {
  const documents = { ...mapping.documents, transfer: 'loaded-by-1c', commission: 'left-to-1c' } as const
  for (const channel of ['odata', 'http'] as const) {
    const payment = await openTestPayment({ channel, changes: { documents, cancellation: 'leave' } })
    const story = storyOf(payment)
    const { invoiceId, userId, attemptId } = await story.settled()
    const money = { invoiceId, userId, amountKopecks: 100, at: payment.resources.now() }
    await transaction(payment.sql, async (tx) => {
      await queueExport(tx, payment.resources, { kind: 'transfer', id: crypto.randomUUID(), ...money })
      const fee = { id: crypto.randomUUID(), paymentId: attemptId, way: 'card' as const, ...money }
      await queueExport(tx, payment.resources, { kind: 'commission', ...fee })
      await queueExport(tx, payment.resources, { kind: 'cancellation', id: crypto.randomUUID(), ...money })
      const back = { id: crypto.randomUUID(), documentId: crypto.randomUUID(), ...money }
      await queueExport(tx, payment.resources, { kind: 'withdrawal', ...back })
    })
    for (let i = 0; i < 7; i++) await payment.run('export-to-one-c')
    const rows = await payment.sql<{ kind: string; state: string }[]>`
      select kind, state from exports order by position`
    expect(rows.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'invoice exported',
      'payment exported',
      'transfer left-out',
      'commission left-out',
      'cancellation left-out',
      'withdrawal left-out',
    ])
    expect((await payment.base.ask('GET', 'documents')).documents).toHaveLength(2)
    await payment.close()
  }
})

test('drafts stay drafts where the mapping says so, and a cancelled one is only unposted', async () => {
  for (const channel of ['odata', 'http'] as const) {
    const payment = await openTestPayment({ channel, changes: { postMode: 'none', cancellation: 'unpost' } })
    const story = storyOf(payment)
    const { invoiceId } = await story.invoice()
    await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: await story.operator() })
    for (let i = 0; i < 3; i++) await payment.run('export-to-one-c')
    expect((await payment.base.ask('GET', 'documents')).documents).toMatchObject([
      { Ref_Key: invoiceId, Posted: false, DeletionMark: false },
    ])
    await payment.close()
  }
})
