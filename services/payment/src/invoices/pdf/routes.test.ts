import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from '../../app.ts'
import { ClientFault } from '../../client/ask-client.ts'
import type { Resources } from '../../resources.ts'
import { openTestPayment, type TestPayment } from '../../testing.node.ts'
import { storyOf } from '../../testing-story.node.ts'
import { lookAt, readCodes } from './testing-pdf.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

type Asked = { token?: string; match?: string; resources?: Partial<Resources> }

const ask = (invoiceId: string, { token, match, resources }: Asked = {}) => {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(match && { 'if-none-match': match }),
  }
  return app.request(`/v1/invoices/${invoiceId}/pdf`, { headers }, { ...payment.resources, ...resources })
}
const see = async (invoiceId: string, token: string) => {
  const [page] = await lookAt(await (await ask(invoiceId, { token })).bytes())
  if (!page) throw new Error('No page')
  return { text: page.text, codes: await readCodes(page.picture) }
}

test('a payer gets his invoice as a PDF under a Russian name, and strangers keep no copy', async () => {
  const { invoiceId, token } = await story.invoice()
  const answer = await ask(invoiceId, { token })
  expect(answer.status).toBe(200)
  const number = (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token })).json.number
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="invoice-${number}.pdf"; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20%E2%84%96%20${number}%20%D0%BE%D1%82%2023.11.2026.pdf`,
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
  })
  const bytes = await answer.bytes()
  expect(new TextDecoder().decode(bytes.slice(0, 5))).toBe('%PDF-')
  const { text, codes } = await see(invoiceId, token)
  expect(text).toContain(`Счёт на оплату № ${number} от 23 ноября 2026 г.`)
  expect(text).toContain('ООО «Ромашка», ИНН 7736050003')
  expect(text).toContain('В том числе НДС 22 %: 2 200,00')
  expect(codes).toHaveLength(1)
  expect(codes[0]).toContain(`|Sum=1220000|Purpose=Оплата по счету № ${number} от 23.11.2026.`)
})

test('an unchanged one is not sent again; a payment changes it', async () => {
  const { invoiceId, token, mdOrder } = await story.attempt()
  const etag = (await ask(invoiceId, { token })).headers.get('etag') ?? ''
  const same = await ask(invoiceId, { token, match: etag })
  expect([same.status, (await same.bytes()).length]).toEqual([304, 0])
  expect(same.headers.get('cache-control')).toBe('private, no-cache')
  await story.pay(mdOrder)
  await payment.advance(3000)
  await payment.run('ask-bank')
  const paid = await ask(invoiceId, { token, match: etag })
  expect(paid.status).toBe(200)
  const { text, codes } = await see(invoiceId, token)
  expect(text).toContain('ОПЛАЧЕН')
  expect(codes).toEqual([])
})

test('while an order with a QR is open its link stands beside the transfer, and no longer', async () => {
  const { invoiceId, userId, token, attemptId } = await story.attempt({ way: 'sbp' })
  const { qrPayload } = await story.attemptOf(attemptId)
  const { codes } = await see(invoiceId, token)
  expect(codes).toEqual([expect.stringMatching(/^ST00012\|/), String(qrPayload)])
  expect(codes[1]).toStartWith('https://qr.nspk.ru/')
  await payment.advance(25 * 60_000)
  await payment.run('ask-bank')
  expect((await story.attemptOf(attemptId)).state).toBe('expired')
  expect(await see(invoiceId, await payment.tokenFor(userId))).toMatchObject({
    codes: [expect.stringMatching(/^ST00012\|/)],
  })
})

test("another's invoice is not found, an operator reads any, and drafts are an operator's alone", async () => {
  const { invoiceId, userId, token } = await story.invoice()
  const stranger = await payment.tokenFor(crypto.randomUUID())
  const operator = await story.operator()
  expect((await ask(invoiceId)).status).toBe(401)
  expect((await ask(invoiceId, { token: stranger })).status).toBe(404)
  expect((await ask(invoiceId, { token: await payment.machineToken('documents') })).status).toBe(403)
  expect((await ask(invoiceId, { token: operator })).status).toBe(200)
  expect((await ask(crypto.randomUUID(), { token: operator })).status).toBe(404)
  expect((await ask('1', { token })).status).toBe(400)
  const line = { title: 'Сопровождение', quantity: 1, priceKopecks: 100, vat: '22' }
  const draft = await payment.ask('POST', '/v1/invoices/drafts', {
    token: operator,
    body: { userId, lines: [line] },
  })
  const draftId = String(draft.json.invoiceId)
  expect((await ask(draftId, { token })).status).toBe(404)
  expect((await see(draftId, operator)).text).toContain('ПРОЕКТ, НЕ ДЛЯ ОПЛАТЫ')
  expect((await ask(draftId, { token: operator })).headers.get('content-disposition')).toContain(
    'filename="invoice-draft.pdf"',
  )
})

test('while `client` is away the payer cannot be named; one whom it has erased is named no more', async () => {
  const { invoiceId, token } = await story.invoice()
  const away = async () => {
    throw new ClientFault('no answer')
  }
  const answer = await ask(invoiceId, { token, resources: { readRequisites: away } })
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('etag')]).toEqual([
    503,
    '5',
    null,
  ])
  const erased = await ask(invoiceId, { token, resources: { readRequisites: async () => undefined } })
  expect((await lookAt(await erased.bytes()))[0]?.text).not.toContain('Ромашка')
})

test('a seller without requisites cannot be paid by a sheet', async () => {
  const { invoiceId, token } = await story.invoice()
  await payment.sql`
    with bare as (
      insert into legal_entities (id, version, name, full_name, number_prefix, vat_mode, tax_system, made_by, made_at)
      values (${crypto.randomUUID()}, 1, 'Организация', 'Организация', 'Я-', 'general', 0, 'test', ${payment.resources.now()})
      returning id
    )
    update invoices set legal_entity_id = bare.id, legal_entity_version = 1 from bare where invoices.id = ${invoiceId}`
  expect((await ask(invoiceId, { token })).status).toBe(409)
})
