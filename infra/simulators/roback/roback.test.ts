import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRobackSimulator, type RobackOptions } from './create-roback-simulator.ts'

const person = '0b9d3c52-7a41-4c0e-9f52-1d5a3b6c7d01'
const company = '0b9d3c52-7a41-4c0e-9f52-1d5a3b6c7d02'
const card = {
  type: 'passport',
  date: '2026-11-23',
  title: 'Паспорт',
  fileName: 'passport.pdf',
  mimeType: 'application/pdf',
  size: 1024,
  sha256: 'a'.repeat(64),
  status: 'uploaded',
  downloadUrl: 'https://files.example/1',
}

const start = (options: RobackOptions = {}) => {
  const simulator = createRobackSimulator({ key: 'k', ...options })
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await simulator.app.request(path, {
      method,
      headers: { authorization: 'Bearer k', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    return { status: response.status, headers: response.headers, answer }
  }
  const documents = async () =>
    (await call('GET', '/_sim/documents')).answer.documents as Record<string, unknown>[]
  return { simulator, call, documents }
}

test('health is open, and everything else asks for the key in problem+json', async () => {
  const { simulator, call } = start()
  expect((await simulator.app.request('/api/v1/health')).status).toBe(200)
  const none = await simulator.app.request(`/api/v1/clients/${person}`)
  expect([none.status, none.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
  expect(
    (await call('GET', `/api/v1/clients/${person}`, undefined, { authorization: 'Bearer x' })).status,
  ).toBe(401)
  expect((await call('GET', '/api/v1/nothing')).status).toBe(404)
})

test('a client is found by id, by phone, by e-mail, by ИНН and by a linked identity', async () => {
  const { call } = start()
  expect((await call('GET', `/api/v1/clients/${person}`)).answer).toMatchObject({
    id: person,
    type: 'person',
  })
  const link = { system: 'sber-id', value: 'sub-1' }
  expect((await call('PUT', `/api/v1/clients/${person}/external-ids`, link)).status).toBe(200)
  expect((await call('PUT', `/api/v1/clients/${person}/external-ids`, link)).status).toBe(200)
  expect((await call('PUT', `/api/v1/clients/${company}/external-ids`, link)).status).toBe(409)
  const found = async (query: string) =>
    ((await call('GET', `/api/v1/clients?${query}`)).answer.items as { id: string }[]).map(({ id }) => id)
  expect(await found('phone=%2B79990000001')).toEqual([person])
  expect(await found('email=Anna.Sokolova@example.com')).toEqual([person])
  expect(await found('inn=7707083893')).toEqual([company])
  expect(await found('externalId=sub-1')).toEqual([person])
  expect(await found('inn=0000000000')).toEqual([])
  expect((await call('GET', '/api/v1/clients')).status).toBe(400)
  expect((await call('GET', `/api/v1/clients/${crypto.randomUUID()}`)).status).toBe(404)
})

test('contracts and open document requests are listed', async () => {
  const { call } = start()
  expect((await call('GET', `/api/v1/clients/${company}/contracts`)).answer.items).toMatchObject([
    { number: '17/2026' },
  ])
  await call('POST', '/_sim/document-requests', { clientId: company, type: 'charter', title: 'Устав' })
  const { answer } = await call('GET', `/api/v1/document-requests?clientId=${company}&status=open`)
  expect(answer.items).toMatchObject([{ type: 'charter', status: 'open' }])
})

test('a document that comes twice is one document, and each coming is counted', async () => {
  const { call, documents } = start()
  const path = `/api/v1/clients/${person}/documents/${crypto.randomUUID()}`
  const key = { 'idempotency-key': 'a' }
  const first = await call('PUT', path, card, key)
  expect(first.status).toBe(201)
  const repeat = await call('PUT', path, card, key)
  expect([repeat.status, repeat.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
  expect(repeat.answer).toEqual(first.answer)
  expect((await call('PUT', path, card)).status).toBe(200)
  expect(await documents()).toMatchObject([{ title: 'Паспорт', deliveries: 3, changes: 1 }])
  expect((await call('PUT', path, { ...card, title: 'Иное' }, key)).status).toBe(409)
  expect((await call('PUT', path, { ...card, title: 'Иное' })).status).toBe(200)
  expect(await documents()).toMatchObject([{ title: 'Иное', deliveries: 4, changes: 2 }])
})

test('a status is changed with its reason, of a known document only', async () => {
  const { call, documents } = start()
  const path = `/api/v1/clients/${person}/documents/${crypto.randomUUID()}`
  expect((await call('PATCH', path, { status: 'signed' })).status).toBe(404)
  await call('PUT', path, card)
  expect((await call('PATCH', path, { status: 'rejected', reason: 'нечитаемо' })).status).toBe(200)
  expect(await documents()).toMatchObject([{ status: 'rejected', reason: 'нечитаемо' }])
  expect((await call('PATCH', path, { status: 'lost' })).answer).toMatchObject({
    errors: [{ field: 'status' }],
  })
})

test('a wrong field is named without its value, and an unknown client is refused unless told otherwise', async () => {
  const { call, documents } = start()
  const wrong = await call('PUT', `/api/v1/clients/${person}/documents/${crypto.randomUUID()}`, {
    ...card,
    sha256: 'secret',
  })
  expect(wrong.status).toBe(400)
  expect(wrong.answer.errors).toEqual([{ field: 'sha256' }])
  expect(JSON.stringify(wrong.answer)).not.toContain('secret')
  const foreign = `/api/v1/clients/${crypto.randomUUID()}/documents/${crypto.randomUUID()}`
  expect((await call('PUT', foreign, card)).status).toBe(404)
  expect(await documents()).toEqual([])
  expect((await start({ unknownClients: 'accept' }).call('PUT', foreign, card)).status).toBe(201)
})

test('a document put behind a timeout is kept, and the journal names the operation by its template', async () => {
  const { call, documents } = start()
  const operation = 'PUT /api/v1/clients/:clientId/documents/:documentId'
  await call('POST', '/_sim/faults', { faults: [{ operation, kind: 'timeout-after-acting', delayMs: 5 }] })
  const path = `/api/v1/clients/${person}/documents/${crypto.randomUUID()}`
  const response = await call('PUT', path, card).catch(() => undefined)
  expect(response).toBeUndefined()
  expect(await documents()).toHaveLength(1)
  const { entries } = (await call('GET', '/_sim/journal')).answer as { entries: object[] }
  expect(entries).toMatchObject([{ operation, path, status: 201 }])
})

test('what arrived survives the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roback-'))
  const store = join(folder, 'roback.sqlite')
  const before = start({ store })
  await before.call('PUT', `/api/v1/clients/${person}/documents/${crypto.randomUUID()}`, card, {
    'idempotency-key': 'a',
  })
  before.simulator.close()
  const after = start({ store })
  expect(await after.documents()).toMatchObject([{ deliveries: 1 }])
  after.simulator.close()
  rmSync(folder, { recursive: true })
})
