import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openApiDocument } from '@kontora/service'
import { simulatedSellerId } from '@kontora/testing'
import * as fc from 'fast-check'
import { app } from '../app.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { lineKopecks, sumKopecks, vatKopecks } from './invoice.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const line = { title: 'Сопровождение', quantity: 3, priceKopecks: 10_050, vat: '22' }
const issue = async (body: unknown, more = {}) =>
  payment.ask('POST', '/v1/invoices', { token: await story.operator(), body, ...more })

test('an invoice is issued, numbered, and its payer sees it with its lines', async () => {
  const userId = crypto.randomUUID()
  const { status, json } = await issue({
    userId,
    dueOn: '2026-12-01',
    lines: [line, { ...line, vat: 'none' }],
  })
  expect(status).toBe(201)
  expect(json).toEqual({
    invoiceId: json.invoiceId,
    number: '2026-000001',
    amountKopecks: 60_300,
    state: 'issued',
  } as never)
  const token = await payment.tokenFor(userId)
  const seen = await payment.ask('GET', `/v1/invoices/${json.invoiceId}`, { token })
  expect(seen.json).toMatchObject({
    number: '2026-000001',
    legalEntityId: simulatedSellerId,
    userId,
    dueOn: '2026-12-01',
    paidKopecks: 0,
    expiresAt: null,
    paidAt: null,
    issuedAt: '2026-11-23T09:00:00.000Z',
    lines: [{ ...line, amountKopecks: 30_150 }, { vat: 'none' }],
  })
  const list = await payment.ask('GET', '/v1/invoices', { token })
  expect(list.json.items.map(({ invoiceId }) => invoiceId)).toEqual([json.invoiceId])
})

test('an aborted invoice takes its number back: no gap, no double', async () => {
  const numbersOf = async () =>
    (await payment.sql<{ number: string }[]>`select number from invoices order by number`).map(
      ({ number }) => number,
    )
  const before = await numbersOf()
  const userId = crypto.randomUUID()
  const tooMuch = { ...line, priceKopecks: Number.MAX_SAFE_INTEGER }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => issue({ userId, lines: [i % 4 === 0 ? tooMuch : line] })),
  )
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(5)
  const numbers = await numbersOf()
  expect(numbers).toHaveLength(before.length + 15)
  expect(numbers).toEqual(numbers.map((_, i) => `2026-${String(i + 1).padStart(6, '0')}`))
})

test('a repeat under the same key gets the same invoice', async () => {
  const body = { userId: crypto.randomUUID(), lines: [line] }
  const idempotencyKey = crypto.randomUUID()
  const [first, second] = [await issue(body, { idempotencyKey }), await issue(body, { idempotencyKey })]
  expect(second.json).toEqual(first.json)
  expect((await issue({ ...body, lines: [line, line] }, { idempotencyKey })).status).toBe(422)
})

test.each([
  [{ userId: 'x', lines: [line] }, 'userId'],
  [{ lines: [line] }, 'userId'],
  [{ userId: crypto.randomUUID(), lines: [] }, 'lines'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, quantity: 0 }] }, 'lines.0.quantity'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, quantity: 1.5 }] }, 'lines.0.quantity'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, priceKopecks: 0 }] }, 'lines.0.priceKopecks'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, priceKopecks: 2 ** 53 }] }, 'lines.0.priceKopecks'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, priceKopecks: '1' }] }, 'lines.0.priceKopecks'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, vat: '18' }] }, 'lines.0.vat'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, title: 'a\u0000b' }] }, 'lines.0.title'],
  [{ userId: crypto.randomUUID(), lines: [{ ...line, title: '\ud800' }] }, 'lines.0.title'],
  [{ userId: crypto.randomUUID(), lines: [line], dueOn: '2026-02-30' }, 'dueOn'],
  [{ userId: crypto.randomUUID(), lines: [line], currency: 'USD' }, 'currency'],
])('wrong input is refused, naming the field: %#', async (body, field) => {
  const { status, json } = await issue(body)
  expect([status, Object.keys(json.fields as object)]).toEqual([400, [field]])
})

test("who may not issue or read does not, and another's invoice is not found", async () => {
  const { invoiceId } = await story.invoice()
  const stranger = await payment.tokenFor(crypto.randomUUID())
  const body = { userId: crypto.randomUUID(), lines: [line] }
  expect((await payment.ask('POST', '/v1/invoices', { token: stranger, body })).status).toBe(403)
  expect((await payment.ask('POST', '/v1/invoices', { body })).status).toBe(401)
  expect((await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token: stranger })).status).toBe(404)
  expect((await payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: stranger })).status).toBe(
    403,
  )
  expect((await payment.ask('GET', '/v1/invoices/1', { token: stranger })).status).toBe(400)
  expect((await payment.ask('GET', '/v1/invoices')).status).toBe(401)
  const machine = await payment.machineToken('documents')
  expect((await payment.ask('GET', '/v1/invoices', { token: machine })).status).toBe(403)
  const any = await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token: await story.operator() })
  expect(any.status).toBe(200)
  expect((await issue({}, { idempotencyKey: null })).status).toBe(400)
})

test('an unpaid invoice is cancelled once; a paid one, and one that is being paid, are not', async () => {
  const cancel = async (invoiceId: string) =>
    payment.ask('POST', `/v1/invoices/${invoiceId}/cancel`, { token: await story.operator() })
  const { invoiceId, token } = await story.invoice()
  expect((await cancel(invoiceId)).json).toEqual({ invoiceId, state: 'cancelled' } as never)
  expect((await cancel(invoiceId)).status).toBe(409)
  expect((await cancel(crypto.randomUUID())).status).toBe(404)
  const body = { way: 'card' }
  expect((await payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body })).status).toBe(409)
  expect((await cancel((await story.attempt()).invoiceId)).status).toBe(409)
  expect((await cancel((await story.settled()).invoiceId)).status).toBe(409)
})

test('pages of a list join without gap or double', async () => {
  const userId = crypto.randomUUID()
  for (let i = 0; i < 5; i++) await issue({ userId, lines: [line] })
  const token = await payment.tokenFor(userId)
  const seen: unknown[] = []
  for (let cursor: unknown; ; ) {
    const { json } = await payment.ask('GET', `/v1/invoices?limit=2${cursor ? `&cursor=${cursor}` : ''}`, {
      token,
    })
    seen.push(...json.items.map(({ number }) => number))
    cursor = json.nextCursor
    if (!cursor) break
  }
  expect([seen.length, new Set(seen).size]).toEqual([5, 5])
})

test('VAT is what the rate takes of an amount that includes it, to half a kopeck', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 12 }),
      fc.constantFrom(5, 7, 10, 20, 22),
      (amount, percent) => {
        const exact = (amount * percent) / (100 + percent)
        return Math.abs(vatKopecks(amount, percent) - exact) <= 0.5
      },
    ),
    { seed },
  )
  expect([vatKopecks(1_220_000, 22), vatKopecks(100, null), vatKopecks(100, 0)]).toEqual([220_000, 0, 0])
  // Half a kopeck is one.
  expect([vatKopecks(3, 20), vatKopecks(9, 20), vatKopecks(2, 20)]).toEqual([1, 2, 0])
  expect(vatKopecks(Number.MAX_SAFE_INTEGER, 22)).toBe(1_624_249_045_936_900)
  const line = { quantity: 2, priceKopecks: Number.MAX_SAFE_INTEGER, discountKopecks: 0 }
  expect([lineKopecks(line), lineKopecks({ ...line, quantity: 1 })]).toEqual([undefined, line.priceKopecks])
  expect(lineKopecks({ quantity: 3, priceKopecks: 5, discountKopecks: 15 })).toBeUndefined()
  expect([sumKopecks([line.priceKopecks, 1]), sumKopecks([line.priceKopecks - 1, 1])]).toEqual([
    undefined,
    line.priceKopecks,
  ])
})

test('only callbacks of the bank, forms of our pages and a machine’s question may repeat without an Idempotency-Key', () => {
  type Operation = { parameters: { name: string }[] }
  const { paths } = openApiDocument(app as never, { title: '', version: '' }) as {
    paths: Record<string, { post?: Operation }>
  }
  const exempt = Object.entries(paths).flatMap(([path, { post }]) =>
    post && !post.parameters.some(({ name }) => name === 'Idempotency-Key') ? [path] : [],
  )
  expect(exempt).toEqual([
    // It answers with the link that there is.
    '/v1/payer-links/read',
    '/v1/vtb/callback',
    '/v1/vtb/openapi/callback/{secret}',
    // A payer's form: a repeat meets the same live attempt, and one of a page that is no longer true begins nothing.
    '/invoices/{id}/attempts',
    '/pay/{token}/attempts',
    '/sign-out',
  ])
})
