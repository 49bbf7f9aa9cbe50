import { afterAll, beforeAll, expect, test } from 'bun:test'
import { simulatedSeller } from '@kontora/testing'
import { startAttempt } from '../attempts/start-attempt.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { createLinkTokens } from './payer-link.ts'
import { readByLink } from './read-by-link.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const ask = async (method: string, path: string, idempotencyKey?: string) =>
  payment.ask(method, `/v1/invoices/${path}`, {
    token: await story.operator(),
    ...(idempotencyKey && { idempotencyKey }),
  })
const tokenOf = async (invoiceId: string) => String((await ask('POST', `${invoiceId}/link`)).json.token)
const rotated = async (invoiceId: string) =>
  String((await ask('POST', `${invoiceId}/link/rotate`)).json.token)
const opened = (token: string) => readByLink(payment.sql, token)

test('whoever holds the link sees the invoice, its lines and its seller, and can pay it in the payer’s place', async () => {
  const { invoiceId, userId } = await story.invoice()
  const token = await tokenOf(invoiceId)
  const seen = await opened(token)
  expect(seen).toMatchObject({
    ...{ invoiceId, userId, state: 'issued', amountKopecks: 1_220_000, paidKopecks: 0 },
    lines: [{ title: 'Сопровождение', amountKopecks: 1_220_000, vatKopecks: 220_000 }],
    seller: { inn: simulatedSeller.inn, version: 1 },
  })
  const started = await startAttempt(payment.resources, String(seen?.userId), { invoiceId, way: 'card' })
  expect(started.state).toBe('starting')
})

test('one who asks twice gets the same link, twenty at once too', async () => {
  const { invoiceId } = await story.invoice()
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(invoiceId)))
  expect(new Set(tokens).size).toBe(1)
  expect(tokens[0]).toMatch(/^[\w-]{32}$/)
  expect(await payment.sql`select version from payer_links where invoice_id = ${invoiceId}`).toHaveLength(1)
})

test('a link is made anew on a repeat, and stands neither in a table nor in a line of the log', async () => {
  const { invoiceId } = await story.invoice()
  const answers = [
    await ask('POST', `${invoiceId}/link/rotate`, 'again'),
    await ask('POST', `${invoiceId}/link/rotate`, 'again'),
  ]
  expect(answers[1]?.json).toEqual(answers[0]?.json as never)
  expect(answers[0]?.json).toMatchObject({ invoiceId, version: 1, url: null })
  expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true')
  const token = String(answers[0]?.json.token)
  const kept =
    await payment.sql`select answer from idempotency_keys where answer ->> 'invoiceId' = ${invoiceId}`
  expect(kept.length).toBeGreaterThan(0)
  const links = await payment.sql`select token_hash, made_by from payer_links where invoice_id = ${invoiceId}`
  expect(JSON.stringify([kept, links, payment.lines])).not.toContain(token)
})

test('the address is that of the service’s pages', async () => {
  const { invoiceId } = await story.invoice()
  const pages = { url: 'https://pay.example' } as never
  Object.assign(payment.resources, { pages })
  const { json } = await ask('POST', `${invoiceId}/link`)
  Object.assign(payment.resources, { pages: undefined })
  expect(json.url).toBe(`https://pay.example/pay/${json.token}` as never)
})

test('notification gets the links that its letters need: the same again, and none of what is not to be paid', async () => {
  const { invoiceId } = await story.invoice()
  const cancelled = (await story.invoice()).invoiceId
  await ask('POST', `${cancelled}/cancel`)
  const read = async (invoiceIds: string[], token?: string) =>
    payment.ask('POST', '/v1/payer-links/read', {
      token: token ?? (await payment.machineToken('notification')),
      body: { invoiceIds },
    })
  expect((await read([invoiceId])).json).toEqual({ links: [] } as never)
  const pages = { url: 'https://pay.example' } as never
  Object.assign(payment.resources, { pages })
  const wanted = [invoiceId, cancelled, crypto.randomUUID(), invoiceId]
  const [first, again] = [await read(wanted), await read(wanted)]
  Object.assign(payment.resources, { pages: undefined })
  const url = `https://pay.example/pay/${await tokenOf(invoiceId)}`
  expect([first.status, first.json]).toEqual([200, { links: [{ invoiceId, url }] } as never])
  expect(again.json).toEqual(first.json)
  expect(payment.lines.join()).not.toContain(url)
  for (const refused of [await payment.machineToken('documents'), await story.operator()])
    expect((await read(wanted, refused)).status).toBe(403)
  expect((await read([])).status).toBe(400)
})

test('a rotated link opens nothing any more, and its repeat is refused', async () => {
  const { invoiceId } = await story.invoice()
  const first = await ask('POST', `${invoiceId}/link`, 'first')
  const token = await rotated(invoiceId)
  expect(token).not.toBe(String(first.json.token))
  expect(await opened(String(first.json.token))).toBeUndefined()
  expect(await opened(token)).toMatchObject({ invoiceId })
  expect((await ask('POST', `${invoiceId}/link`, 'first')).status).toBe(409)
  expect(await tokenOf(invoiceId)).toBe(token)
})

test('a revoked link opens nothing, revoking again changes nothing, and the next one is another', async () => {
  const { invoiceId } = await story.invoice()
  const token = await tokenOf(invoiceId)
  expect((await ask('DELETE', `${invoiceId}/link`)).status).toBe(204)
  const [row] = await payment.sql`
    select version, ended_by, ended_at from payer_links where invoice_id = ${invoiceId}`
  expect(row as object).toEqual({ version: 1, endedBy: story.operatorId, endedAt: payment.resources.now() })
  await payment.advance(1000)
  expect((await ask('DELETE', `${invoiceId}/link`)).status).toBe(204)
  expect(await opened(token)).toBeUndefined()
  const next = await tokenOf(invoiceId)
  expect(next).not.toBe(token)
  expect(await opened(next)).toMatchObject({ invoiceId })
  expect([
    ...(await payment.sql`
      select ended_at from payer_links where invoice_id = ${invoiceId} order by version`),
  ] as object[]).toEqual([{ endedAt: row?.endedAt }, { endedAt: null }])
})

test('a link goes on showing what is paid, expired or cancelled', async () => {
  const { invoiceId } = await story.invoice()
  const token = await tokenOf(invoiceId)
  await ask('POST', `${invoiceId}/cancel`)
  expect(await opened(token)).toMatchObject({ state: 'cancelled' })
  const paid = await story.settled()
  expect(await opened(await tokenOf(paid.invoiceId))).toMatchObject({ state: 'paid', paidKopecks: 1_220_000 })
})

test('a draft and what is cancelled get no link, nor does what is not there', async () => {
  const line = { title: 'Сопровождение', quantity: 1, priceKopecks: 100, vat: '22' }
  const body = { userId: crypto.randomUUID(), lines: [line] }
  const draft = await payment.ask('POST', '/v1/invoices/drafts', { token: await story.operator(), body })
  const { invoiceId } = await story.invoice()
  await ask('POST', `${invoiceId}/cancel`)
  for (const id of [String(draft.json.invoiceId), invoiceId])
    expect([
      (await ask('POST', `${id}/link`)).status,
      (await ask('POST', `${id}/link/rotate`)).status,
    ]).toEqual([409, 409])
  const unknown = crypto.randomUUID()
  expect((await ask('POST', `${unknown}/link`)).status).toBe(404)
  expect((await ask('POST', `${unknown}/link/rotate`)).status).toBe(404)
  expect((await ask('DELETE', `${unknown}/link`)).status).toBe(404)
})

test('only with invoice:link; the payer himself needs none and gets none', async () => {
  const { invoiceId, token } = await story.invoice()
  const reader = crypto.randomUUID()
  await payment.allow(reader, ['invoice:read', 'invoice:issue', 'invoice:draft'])
  for (const by of [token, await payment.tokenFor(reader)])
    for (const [method, path] of [
      ['POST', 'link'],
      ['POST', 'link/rotate'],
      ['DELETE', 'link'],
    ] as const) {
      const { status } = await payment.ask(method, `/v1/invoices/${invoiceId}/${path}`, { token: by })
      expect([method, path, status]).toEqual([method, path, 403])
    }
})

test.each(['', 'x', '%00', 'A'.repeat(32), `${'A'.repeat(31)}=`, 'A'.repeat(10_000)])(
  'what is no token that we gave opens nothing: %#',
  async (token) => {
    expect(await opened(token)).toBeUndefined()
  },
)

test('under another key what was given out lives on, but can only be replaced', async () => {
  const { invoiceId } = await story.invoice()
  const token = await tokenOf(invoiceId)
  const { linkTokens } = payment.resources
  Object.assign(payment.resources, { linkTokens: createLinkTokens('m'.repeat(43)) })
  expect(await opened(token)).toMatchObject({ invoiceId })
  expect((await ask('POST', `${invoiceId}/link`)).status).toBe(409)
  const next = await rotated(invoiceId)
  Object.assign(payment.resources, { linkTokens })
  expect([await opened(token), (await opened(next))?.invoiceId]).toEqual([undefined, invoiceId])
})

test('tokens of two invoices, two versions and two keys have nothing in common', async () => {
  const ids = ['a', 'b'].map(() => crypto.randomUUID())
  const all = ['k', 'l'].flatMap((letter) =>
    ids.flatMap((invoiceId) =>
      [1, 2].map((version) => createLinkTokens(letter.repeat(43))({ invoiceId, version })),
    ),
  )
  expect(new Set(await Promise.all(all)).size).toBe(8)
})
