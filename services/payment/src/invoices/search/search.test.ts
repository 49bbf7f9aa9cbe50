import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../../testing.node.ts'
import { storyOf } from '../../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
const payer = crypto.randomUUID()
const minute = 60_000

/** Over the turn of a day in Moscow: 100, 200 … 500 kopecks, the first a draft, the last overdue since. */
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
  const draftOf = (priceKopecks: number, more: object = {}) => ({
    userId: payer,
    lines: [{ title: 'Сопровождение', quantity: 1, priceKopecks, vat: '22' }],
    ...more,
  })
  const operate = async (path: string, body: object) =>
    payment.ask('POST', `/v1/invoices${path}`, { token: await story.operator(), body })
  await operate('/drafts', draftOf(100))
  await operate('', draftOf(200, { dueOn: '2026-12-01' }))
  const partly = await operate('', draftOf(300))
  await payment.ownerSql`update invoices set paid_kopecks = 1 where id = ${String(partly.json.invoiceId)}`
  const given = await operate('', draftOf(400))
  await operate(`/${given.json.invoiceId}/cancel`, {})
  await story.invoice(9999)
  // To the last millisecond of the 23rd in Moscow, and over it.
  await payment.advance(12 * 60 * minute - 1)
  await operate('', draftOf(500, { dueOn: '2026-11-23' }))
  await payment.advance(1)
  await operate('', draftOf(600, { dueOn: '2026-11-24' }))
})
afterAll(() => payment.close())

const search = async (query: string) =>
  payment.ask('GET', `/v1/invoices/search?${query}`, { token: await story.operator() })
const found = async (query: string) => {
  const { status, json } = await search(`userId=${payer}&${query}`)
  return status === 200 ? json.items.map(({ amountKopecks }) => amountKopecks) : [status, json.fields]
}

test.each([
  ['', [600, 500, 400, 300, 200, 100]],
  ['state=draft', [100]],
  ['state=issued', [600, 500, 300, 200]],
  ['state=partly-paid', [300]],
  ['state=overdue', [500]],
  ['state=cancelled', [400]],
  ['number=2026-00000', [600, 500, 400, 300, 200]],
  ['number=2026-000002', [300]],
  ['number=000002', []],
  ['number=%25', []],
  ['issuedFrom=2026-11-24', [600]],
  ['issuedTo=2026-11-23', [500, 400, 300, 200]],
  ['issuedFrom=2026-11-23&issuedTo=2026-11-23&state=issued', [500, 300, 200]],
  ['dueFrom=2026-11-24&dueTo=2026-12-01', [600, 200]],
  ['dueTo=2026-11-23', [500]],
  ['amountFromKopecks=200&amountToKopecks=300', [300, 200]],
  ['amountFromKopecks=9007199254740991', []],
])('a search by %s finds these and no others', async (query, amounts) => {
  expect(await found(query)).toEqual(amounts)
})

test('payers and sellers are told apart, and pages join without gap or double', async () => {
  expect((await search(`number=2026-000004`)).json.items).toMatchObject([{ amountKopecks: 9999 }])
  expect((await search(`legalEntityId=${crypto.randomUUID()}`)).json.items).toEqual([])
  const seen: unknown[] = []
  for (let cursor: unknown; ; ) {
    const { json } = await search(`userId=${payer}&limit=4${cursor ? `&cursor=${cursor}` : ''}`)
    seen.push(...json.items.map(({ amountKopecks }) => amountKopecks))
    cursor = json.nextCursor
    if (!cursor) break
  }
  expect(seen).toEqual([600, 500, 400, 300, 200, 100])
})

test.each([
  ['state=lost', 'state'],
  ['userId=1', 'userId'],
  ['issuedFrom=2026-02-30', 'issuedFrom'],
  ['amountFromKopecks=9007199254740992', 'amountFromKopecks'],
  ['amountToKopecks=-1', 'amountToKopecks'],
  ['amountToKopecks=1.5', 'amountToKopecks'],
  ['number=', 'number'],
  ['name=x', 'name'],
])('a search by %s is refused, naming the field', async (query, field) => {
  const { status, json } = await search(query)
  expect([status, Object.keys(json.fields as object)]).toEqual([400, [field]])
})

test('only who may read invoices searches, only who may export takes them out', async () => {
  const clerk = crypto.randomUUID()
  await payment.allow(clerk, ['invoice:read'])
  const token = await payment.tokenFor(clerk)
  const stranger = await payment.tokenFor(payer)
  const statusOf = async (path: string, as?: string) =>
    (await payment.ask('GET', `/v1/invoices/${path}`, as ? { token: as } : {})).status
  expect([await statusOf('search', token), await statusOf('export', token)]).toEqual([200, 403])
  expect([await statusOf('search', stranger), await statusOf('export', stranger)]).toEqual([403, 403])
  expect([await statusOf('search'), await statusOf('export')]).toEqual([401, 401])
})

test.each([
  ["number collate \"C\" between '2026-0000100' and '2026-00001000'", 'invoices_by_number'],
  ["state = 'cancelled'", 'invoices_by_state'],
  ["issued_at >= '2026-12-02'", 'invoices_by_issue'],
  ["due_on <= '2020-01-01'", 'invoices_by_due'],
  ['amount_kopecks >= 1000000000', 'invoices_by_amount'],
])('among many invoices %s is read by its index', async (condition, index) => {
  const { ownerSql } = payment
  const [many] = await ownerSql<{ count: number }[]>`select count(*)::integer as count from invoices`
  if ((many?.count ?? 0) < 1000) {
    // Planted as they stand in the end: the database lets none begin so.
    await ownerSql`alter table invoices disable trigger invoices_transition`
    await ownerSql`
      insert into invoices (id, legal_entity_id, legal_entity_version, number, number_year, number_count, user_id,
        amount_kopecks, state, drafted_by, drafted_at, issued_by, issued_at, due_on)
      select gen_random_uuid(), id, version, '2020-' || i, 2020, i, gen_random_uuid(), i, 'issued', 'x',
        '2020-01-01', 'x', '2020-01-01', '2021-01-01'
      from legal_entities, generate_series(1, 20000) i`
    await ownerSql`alter table invoices enable trigger invoices_transition`
    await ownerSql`analyze invoices`
  }
  const plan = await ownerSql.unsafe(
    `explain select id from invoices where ${condition} order by id desc limit 50`,
  )
  expect(JSON.stringify(plan)).toContain(index)
})
