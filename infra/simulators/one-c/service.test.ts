import { expect, test } from 'bun:test'
import { openOneC } from './call-one-c.ts'
import { seed } from './seed.ts'

const invoiceId = '6f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11'
const paymentId = '7f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11'
const payerId = '22222222-2222-4222-8222-222222222222'
const moment = '2026-11-23T23:30:00Z'

const open = () => {
  const base = openOneC({ now: () => new Date(moment) })
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await base.simulator.app.request(`http://one-c.test/buh/hs/integration/v1/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('Обмен данными:пароль', 'utf8').toString('base64')}`,
        'content-type': 'application/json',
        'idempotency-key': path.split('/')[1] ?? '',
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const json = (isJson ? JSON.parse(text.replace('\uFEFF', '')) : {}) as Record<string, unknown>
    return { status: response.status, text, json, headers: response.headers }
  }
  return { ...base, call }
}
type Base = ReturnType<typeof open>

const payer = { kind: 'company', name: 'ООО «Ромашка»', inn: '7736050003', kpp: '773601001' }
const line = {
  title: 'Услуга',
  quantity: 2,
  price: '60.00',
  discount: '0.10',
  amount: '119.90',
  vatRate: '22',
  vatAmount: '21.62',
}
const invoice = {
  number: '2026-000001',
  issuedAt: moment,
  organization: seed.organizationKey,
  counterpartyId: payerId,
  amount: '119.90',
  lines: [line],
  post: true,
}
const payment = {
  invoiceId,
  method: 'card',
  organization: seed.organizationKey,
  amount: '119.90',
  fee: null,
  paidAt: moment,
  post: true,
}
const fill = async ({ call }: Base) => {
  await call('PUT', `counterparties/${payerId}`, payer)
  await call('PUT', `invoices/${invoiceId}`, invoice)
  await call('PUT', `payments/${paymentId}`, payment)
}

test('it tells its time, and what it kept: a document of the base, on the clock of Moscow', async () => {
  using base = open()
  expect((await base.call('GET', 'ping')).json).toMatchObject({ ok: true, time: '2026-11-23T23:30:00.000Z' })
  await fill(base)
  const kept = (await base.call('GET', `invoices/${invoiceId}`)).json
  expect(kept).toMatchObject({
    amount: '119.90',
    lines: [line],
    posted: true,
    deleted: false,
    paidAmount: '119.90',
  })
  const { documents } = (await (await base.outside('GET', 'documents')).json()) as { documents: object[] }
  expect(documents).toMatchObject([
    { Ref_Key: invoiceId, Date: '2026-11-24T02:30:00', amount: 119.9, creates: 1, posts: 1 },
    { Ref_Key: paymentId, set: 'Document_ОплатаПлатежнойКартой', entries: true },
  ])
})

test('the same PUT twice changes nothing, another one changes what it says', async () => {
  using base = open()
  await fill(base)
  const again = await base.call('PUT', `invoices/${invoiceId}`, invoice)
  expect(again.json).toEqual({ ref: invoiceId, number: '0000-000001', posted: true })
  await base.call('PUT', `payments/${paymentId}`, { ...payment, fee: '2.40' })
  expect((await base.call('GET', `payments/${paymentId}`)).json).toMatchObject({
    fee: '2.40',
    amount: '119.90',
  })
  expect((await base.call('PUT', `payments/${paymentId}`, { ...payment, method: 'bank' })).status).toBe(409)
})

test('a payer whom the base knows by ИНН and КПП is not made a second time', async () => {
  using base = open()
  const other = '33333333-3333-4333-8333-333333333333'
  const first = await base.call('PUT', `counterparties/${payerId}`, payer)
  const second = await base.call('PUT', `counterparties/${other}`, { ...payer, name: 'Ромашка' })
  expect(second.json.ref).toBe(first.json.ref as string)
  await base.call('PUT', `invoices/${invoiceId}`, { ...invoice, counterpartyId: other })
  expect((await base.call('GET', `invoices/${invoiceId}`)).json).toMatchObject({ counterpartyId: other })
})

test('documents are listed by day, in pages, and a cancelled one is marked', async () => {
  using base = open()
  await fill(base)
  await base.call('PUT', `invoices/${invoiceId}/cancellation`, { cancelledAt: moment, mode: 'mark' })
  const list = (from: string, to: string) =>
    base.call('GET', `documents?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`)
  expect((await list('2026-11-24T00:00:00+03:00', '2026-11-25T00:00:00+03:00')).json.items).toMatchObject([
    { id: invoiceId, kind: 'invoice', posted: false, deleted: true },
    { id: paymentId, kind: 'payment', posted: true, deleted: false },
  ] as never)
  expect((await list('2026-11-25T00:00:00+03:00', '2026-11-26T00:00:00+03:00')).json).toEqual({
    items: [],
  } as never)
})

test.each([
  ['PUT', `invoices/${invoiceId}`, { ...invoice, amount: 119.9 }, 400, 'BAD_REQUEST'],
  ['PUT', `invoices/${invoiceId}`, { ...invoice, amount: '119.9' }, 400, 'BAD_REQUEST'],
  ['PUT', `invoices/${invoiceId}`, { ...invoice, issuedAt: '2026-11-23T10:00:00' }, 400, 'BAD_REQUEST'],
  ['PUT', `invoices/${invoiceId}`, invoice, 409, 'COUNTERPARTY_UNKNOWN'],
  ['PUT', `payments/${paymentId}`, payment, 409, 'INVOICE_UNKNOWN'],
  ['GET', `invoices/${invoiceId}`, undefined, 404, 'NOT_FOUND'],
  ['GET', 'invoices/1', undefined, 400, 'BAD_REQUEST'],
] as const)('%s %s is refused in the form of the contract: %#', async (method, path, body, status, code) => {
  using base = open()
  const refused = await base.call(method, path, body)
  expect([refused.status, (refused.json.error as { code: string }).code]).toEqual([status, code])
})

test('what the platform itself answers is no word of the service: an unknown address, a method, a password, an exception', async () => {
  using base = open()
  const bare = [
    await base.call('GET', 'acts'),
    await base.call('POST', `invoices/${invoiceId}`, invoice),
    await base.call('GET', 'ping', undefined, { authorization: 'Basic x' }),
  ]
  expect(bare.map(({ status, json }) => [status, json])).toEqual([
    [404, {}],
    [405, {}],
    [401, {}],
  ])
  await base.outside('POST', 'faults', { faults: [{ operation: 'GET ping', kind: 'refusal' }] })
  const exception = await base.call('GET', 'ping')
  expect([exception.status, /[а-я]/.test(exception.text), exception.text.includes('<html>')]).toEqual([
    500,
    true,
    false,
  ])
})

test('another key of repetition than the id, and a session that is at work or unknown, are refused', async () => {
  using base = open()
  const wrong = await base.call('PUT', `counterparties/${payerId}`, payer, { 'idempotency-key': 'x' })
  expect(wrong.status).toBe(400)
  await base.outside('POST', 'settings', { reuseSessions: 'use', sessions: 1, sessionWaitMs: 0 })
  expect((await base.call('GET', 'ping', undefined, { cookie: 'ibsession=no' })).status).toBe(400)
  const begun = await base.call('GET', 'ping', undefined, { ibsession: 'start' })
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect((await base.call('GET', 'ping')).status).toBe(406)
  await base.outside('POST', 'faults', { faults: [{ operation: 'GET ping', kind: 'delay', delayMs: 30 }] })
  const both = await Promise.all([1, 2].map(() => base.call('GET', 'ping', undefined, { cookie })))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
  expect((await base.call('GET', 'ping', undefined, { cookie, ibsession: 'finish' })).status).toBe(200)
  expect((await base.call('GET', 'ping')).status).toBe(200)
})

test('OData too refuses and begins with a byte order mark when it is told to', async () => {
  using base = open()
  const fault = (kind: string) =>
    base.outside('POST', 'faults', { faults: [{ operation: 'POST Catalog_Контрагенты', kind }] })
  const post = (name: string) => {
    const url = `http://one-c.test/buh/odata/standard.odata/${encodeURIComponent('Catalog_Контрагенты')}`
    const authorization = `Basic ${Buffer.from('Обмен данными:пароль', 'utf8').toString('base64')}`
    const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' }
    return base.simulator.app.request(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ Description: name }),
    })
  }
  await fault('refusal')
  const refused = await post('а')
  expect([
    refused.status,
    ((await refused.json()) as { 'odata.error': { code: string } })['odata.error'].code,
  ]).toEqual([500, '-1'])
  await fault('bom')
  const bytes = new Uint8Array(await (await post('б')).arrayBuffer())
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
})
