import { afterAll, beforeAll, expect, test } from 'bun:test'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const line = { title: 'Сопровождение', quantity: 3, priceKopecks: 10_050, vat: '22' }
const draft = (more: object = {}) => ({ userId: crypto.randomUUID(), lines: [line], ...more })
const ask = async (method: string, path: string, body?: object) =>
  payment.ask(method, `/v1/invoices${path}`, { token: await story.operator(), ...(body && { body }) })
const write = async (body: object) => (await ask('POST', '/drafts', body)).json
const entriesOf = (id: unknown) =>
  payment.sql`select id from ledger_transactions where source_id = ${String(id)}`

test('a draft has no number, owes nothing and is not seen by its payer until it is issued', async () => {
  const body = draft({ dueOn: '2026-12-01' })
  const made = await write(body)
  expect(made).toEqual({ invoiceId: made.invoiceId, amountKopecks: 30_150, state: 'draft' } as never)
  const token = await payment.tokenFor(body.userId)
  const path = `/${made.invoiceId}`
  expect((await payment.ask('GET', `/v1/invoices${path}`, { token })).status).toBe(404)
  expect((await payment.ask('GET', '/v1/invoices', { token })).json.items).toEqual([])
  const pay = { token, body: { way: 'card' } }
  expect((await payment.ask('POST', `/v1/invoices${path}/attempts`, pay)).status).toBe(404)
  expect((await ask('GET', path)).json).toMatchObject({ state: 'draft', number: null, issuedAt: null })
  expect(await entriesOf(made.invoiceId)).toHaveLength(0)

  const issued = await ask('POST', `${path}/issue`)
  expect(issued).toMatchObject({ status: 200, json: { number: '2026-000001', state: 'issued' } })
  expect((await payment.ask('GET', `/v1/invoices${path}`, { token })).json).toMatchObject({
    number: '2026-000001',
    lines: [{ amountKopecks: 30_150, discountKopecks: 0, vatKopecks: 5437 }],
  })
  expect(await entriesOf(made.invoiceId)).toHaveLength(1)
  expect((await ask('POST', `${path}/issue`)).status).toBe(409)
})

test('a draft is written anew as often as one likes, an issued invoice never', async () => {
  const { invoiceId } = await write(draft())
  const changed = draft({ lines: [line, { ...line, quantity: 1, discountKopecks: 50, vat: 'none' }] })
  expect((await ask('PUT', `/${invoiceId}`, changed)).json).toMatchObject({ amountKopecks: 40_150 })
  const { json } = await ask('GET', `/${invoiceId}`)
  expect(json).toMatchObject({
    userId: changed.userId,
    lines: [{ amountKopecks: 30_150 }, { amountKopecks: 10_000, discountKopecks: 50, vatKopecks: 0 }],
  })
  await ask('POST', `/${invoiceId}/issue`)
  expect((await ask('PUT', `/${invoiceId}`, draft())).status).toBe(409)
  expect((await ask('PUT', `/${crypto.randomUUID()}`, draft())).status).toBe(404)
})

test('twenty who issue one draft at once give it one number', async () => {
  const { invoiceId } = await write(draft())
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('POST', `/${invoiceId}/issue`)))
  const statuses = Map.groupBy(answers, ({ status }) => status)
  expect([statuses.get(200)?.length, statuses.get(409)?.length]).toEqual([1, 19])
  expect(await entriesOf(invoiceId)).toHaveLength(1)
})

test('a draft that is given up takes no number and nobody hears of it', async () => {
  const { invoiceId } = await write(draft())
  expect((await ask('POST', `/${invoiceId}/cancel`)).json).toMatchObject({ state: 'cancelled' })
  expect(await entriesOf(invoiceId)).toHaveLength(0)
  expect(await payment.sql`select id from outbox where subject = ${String(invoiceId)}`).toHaveLength(0)
  expect((await ask('POST', `/${invoiceId}/issue`)).status).toBe(409)
})

test.each([
  [{ lines: [{ ...line, vat: '20' }] }, 'lines.0.vat'],
  [{ lines: [line, { ...line, vat: '5' }] }, 'lines.1.vat'],
  [{ expiresAt: '2026-11-23T09:00:00Z' }, 'expiresAt'],
  [{ dueOn: '2026-11-22' }, 'dueOn'],
])(
  'what is no more or not yet right on the day of issue is refused then, and the number stays free: %#',
  async (wrong, field) => {
    const counted = () => payment.sql`select last from invoice_counters`
    const before = await counted()
    const { invoiceId } = await write(draft(wrong))
    const { status, json } = await ask('POST', `/${invoiceId}/issue`)
    expect([status, Object.keys(json.fields as object)]).toEqual([400, [field]])
    expect(await counted()).toEqual(before)
  },
)

test('a rate is good to its last day by the clock of Moscow, and the next from its first', async () => {
  const other = await openTestPayment()
  try {
    const clerk = crypto.randomUUID()
    const issue = async (vat: string) => {
      const body = { userId: crypto.randomUUID(), lines: [{ ...line, vat }] }
      await other.allow(clerk, ['invoice:*'])
      return (await other.ask('POST', '/v1/invoices', { token: await other.tokenFor(clerk), body })).json
    }
    await other.advance(new Date('2025-12-31T20:59:59Z').getTime() - other.resources.now().getTime())
    expect(await issue('20')).toMatchObject({ number: '2025-000001' })
    expect(await issue('22')).toMatchObject({ status: 400 })
    await other.advance(1000)
    expect(await issue('22')).toMatchObject({ number: '2026-000001' })
    expect(await issue('20')).toMatchObject({ status: 400 })
  } finally {
    await other.close()
  }
})

test.each([
  [{ ...line, discountKopecks: 30_150 }, 'lines.0.discountKopecks'],
  [{ ...line, discountKopecks: -1 }, 'lines.0.discountKopecks'],
  [{ ...line, discountKopecks: 0.5 }, 'lines.0.discountKopecks'],
  [{ ...line, priceKopecks: Number.MAX_SAFE_INTEGER }, 'lines.0.priceKopecks'],
  [{ ...line, priceKopecks: 0 }, 'lines.0.priceKopecks'],
  [{ ...line, priceKopecks: -1 }, 'lines.0.priceKopecks'],
  [{ ...line, vat: '18' }, 'lines.0.vat'],
  [{ ...line, currency: 'USD' }, 'lines.0.currency'],
])('a wrong line is refused, naming the field, before anything is written: %#', async (wrong, field) => {
  const before = await payment.sql`select id from invoices`
  const { status, json } = await ask('POST', '/drafts', draft({ lines: [wrong] }))
  expect([status, Object.keys(json.fields as object)]).toEqual([400, [field]])
  expect(await payment.sql`select id from invoices`).toHaveLength(before.length)
})

test('who may not write drafts does not', async () => {
  const { invoiceId } = await write(draft({ legalEntityId: simulatedSellerId }))
  const clerk = crypto.randomUUID()
  await payment.allow(clerk, ['invoice:read'])
  const token = await payment.tokenFor(clerk)
  const statuses = [
    await payment.ask('POST', '/v1/invoices/drafts', { token, body: draft() }),
    await payment.ask('PUT', `/v1/invoices/${invoiceId}`, { token, body: draft() }),
    await payment.ask('POST', `/v1/invoices/${invoiceId}/issue`, { token }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([403, 403, 403])
})

test('a seller whose requisites are not known yet cannot issue', async () => {
  const { invoiceId } = await write(draft())
  const { inn: _, kpp: __, ogrn: ___, ...rest } = simulatedSeller
  const { bankAccount: _b, bankName: _n, bik: _i, correspondentAccount: _c, ...bare } = rest
  const row = {
    ...bare,
    id: simulatedSellerId,
    version: 2,
    madeBy: 'migration',
    madeAt: payment.resources.now(),
  }
  await payment.sql`update legal_entities set replaced_at = ${row.madeAt} where version = 1`
  await payment.sql`insert into legal_entities ${payment.sql(row)}`
  expect((await ask('POST', `/${invoiceId}/issue`)).status).toBe(409)
  await payment.sql`update legal_entities set replaced_at = ${row.madeAt} where version = 2`
  expect((await ask('POST', '/drafts', draft())).status).toBe(409)
})
