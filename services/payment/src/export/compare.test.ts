import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { differencesOf, type Ours } from './compare-documents.ts'

const minuteMs = 60_000

describe.each(['odata', 'http'] as const)('by %s', (channel) => {
  let payment: TestPayment
  let story: ReturnType<typeof storyOf>
  beforeAll(async () => {
    payment = await openTestPayment({ channel })
    story = storyOf(payment)
  })
  afterAll(() => payment.close())

  const compare = async () => {
    await payment.advance(10 * minuteMs)
    const token = await story.operator()
    const asked = await payment.ask('POST', '/v1/one-c/comparisons', { token, body: {} })
    await payment.run('compare-with-one-c')
    await payment.run('compare-with-one-c')
    const { json } = await payment.ask('GET', `/v1/one-c/comparisons/${asked.json.comparisonId}`, { token })
    const found = await payment.ask('GET', '/v1/one-c/differences', { token })
    const differences = found.json.items.map(({ documentId, what }) => [documentId, String(what)])
    const { endedAt, documents, differences: count } = json
    return { endedAt, documents, differences: count, found: Object.fromEntries(differences) }
  }
  /** As the accountant does it, past us. */
  const accountant = (set: string, id: string, change: object) =>
    payment.oneC.change(set, { Ref_Key: id, ...change } as never)

  test('what lies there as it was sent does not differ', async () => {
    await story.settled()
    const { invoiceId } = await story.invoice()
    await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: await story.operator() })
    for (let i = 0; i < 4; i++) await payment.run('export-to-one-c')
    expect(await compare()).toMatchObject({ documents: 3, differences: 0, found: {} })
  })

  test('a changed sum, a document unposted, marked, deleted, moved to another day, and one that is none of ours', async () => {
    const made = []
    for (let i = 0; i < 5; i++) made.push((await story.invoice(10_000)).invoiceId)
    for (let i = 0; i < 4; i++) await payment.run('export-to-one-c')
    const [changed = '', unposted = '', marked = '', deleted = '', moved = ''] = made
    const set = 'Document_СчетНаОплатуПокупателю'
    await payment.oneC.change(set, { Ref_Key: changed, СуммаДокумента: { kopecks: 10_001 } })
    await payment.oneC.unpost(set, unposted)
    await accountant(set, marked, { DeletionMark: true })
    await accountant(set, moved, { Date: '2026-01-01T00:00:00' })
    const authorization = `Basic ${Buffer.from('Обмен:пароль').toString('base64')}`
    await payment.base.app.request(
      `http://one-c.test/buh/odata/standard.odata/${encodeURIComponent(set)}(guid'${deleted}')`,
      { method: 'DELETE', headers: { authorization, accept: 'application/json' } },
    )
    const { found, differences } = await compare()
    const expected = {
      [changed]: 'amount',
      [unposted]: 'not-posted',
      [marked]: 'marked',
      [deleted]: 'missing',
    }
    expect(found).toEqual(expected)
    expect(differences).toBe(4)
    expect(payment.lines.some((line) => line.includes('one-c-differs'))).toBe(true)
    // What is put right is gone at the next look.
    await payment.oneC.change(set, { Ref_Key: changed, СуммаДокумента: { kopecks: 10_000 } })
    await accountant(set, marked, { DeletionMark: false })
    await payment.oneC.post(set, marked)
    expect((await compare()).found).toEqual({ [unposted]: 'not-posted', [deleted]: 'missing' })
  })

  test('a base that does not answer is compared later', async () => {
    payment.baseCalls.areLost = true
    expect((await compare()).endedAt).toBeNull()
    payment.baseCalls.areLost = false
    await payment.advance(30 * minuteMs)
    await payment.run('compare-with-one-c')
    const [row] = await payment.sql<{ count: number }[]>`
      select count(*) as count from accounting_comparisons where ended_at is null`
    expect(row?.count).toBe(0)
  })

  test('each night one is made by itself, once', async () => {
    const nightly = async () => {
      const rows =
        await payment.sql`select id from accounting_comparisons where day is not null and ended_at is not null`
      return rows.length
    }
    const work = () => payment.run('queue-moments', 'plan-comparison', 'compare-with-one-c')
    await work()
    expect(await nightly()).toBe(0)
    await payment.advance(24 * 60 * minuteMs)
    for (let i = 0; i < 3; i++) await work()
    expect(await nightly()).toBe(1)
  })
})

test('a document with our mark that we never sent is found: somebody has booked twice', async () => {
  const payment = await openTestPayment()
  const stranger = crypto.randomUUID()
  await payment.oneC.create('Document_СчетНаОплатуПокупателю', {
    Ref_Key: stranger,
    Date: payment.oneC.at(payment.resources.now()),
    Комментарий: `ext:${stranger} № 7`,
    СуммаДокумента: { kopecks: 500 },
  })
  const token = await storyOf(payment).operator()
  await payment.ask('POST', '/v1/one-c/comparisons', { token, body: {} })
  await payment.run('compare-with-one-c')
  const { json } = await payment.ask('GET', '/v1/one-c/differences', { token })
  expect(json.items).toMatchObject([
    { documentId: stranger, what: ['unknown'], theirsKopecks: 500, oursKopecks: null },
  ] as never)
  await payment.close()
})

const ours: Ours = { documentId: 'a', kind: 'invoice', amountKopecks: 5, isCancelled: false }
const theirs = { id: 'a', amountKopecks: 5, posted: true, marked: false }

test.each([
  ['posted and unmarked', ours, theirs, 'mark', []],
  ['one kopeck more', ours, { ...theirs, amountKopecks: 6 }, 'mark', ['amount']],
  [
    'cancelled and marked',
    { ...ours, isCancelled: true },
    { ...theirs, posted: false, marked: true },
    'mark',
    [],
  ],
  ['cancelled, and not marked', { ...ours, isCancelled: true }, theirs, 'mark', ['not-marked']],
  ['cancelled, and posted again', { ...ours, isCancelled: true }, theirs, 'unpost', ['posted']],
  ['cancelled and left to the accountant', { ...ours, isCancelled: true }, theirs, 'leave', []],
  ['not there', ours, undefined, 'mark', ['missing']],
] as const)('%s', (_, mine, there, cancelled, what) => {
  const found = differencesOf(mine, there, { posted: true, cancelled })
  expect(found.map((one) => one.what)).toEqual([...what])
})
