import { expect, test } from 'bun:test'
import { createCampaignsSimulator } from './create-campaigns-simulator.ts'

const active = '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d01'

type Listed = { id: string; code: string; participation?: object }

const start = () => {
  const simulator = createCampaignsSimulator({ key: 'k', now: () => new Date('2026-11-23T10:00:00Z') })
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await simulator.app.request(path, {
      method,
      headers: { authorization: 'Bearer k', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = (text ? JSON.parse(text) : {}) as Record<string, unknown>
    return { status: response.status, headers: response.headers, answer, items: answer.items as Listed[] }
  }
  return { simulator, call }
}

test('campaigns are listed by state, by time, and page after page', async () => {
  const { call } = start()
  const codes = async (query: string) =>
    (await call('GET', `/api/v1/campaigns?${query}`)).items.map(({ code }) => code)
  expect(await codes('status=active')).toEqual(['admission-2026', 'loyalty-2026'])
  expect(await codes('at=2026-08-31')).toEqual(['admission-2025'])
  const first = await call('GET', '/api/v1/campaigns?limit=3')
  expect(first.items).toHaveLength(3)
  const rest = await call('GET', `/api/v1/campaigns?limit=3&cursor=${first.answer.nextCursor}`)
  expect(rest.items.map(({ code }) => code)).toEqual(['admission-2025'])
  expect(rest.answer.nextCursor).toBeNull()
  const wrong = await call('GET', '/api/v1/campaigns?status=secret')
  expect([wrong.status, wrong.answer.errors]).toEqual([400, [{ field: 'status' }]])
})

test('a card has an ETag that changes with the card', async () => {
  const { call } = start()
  const first = await call('GET', `/api/v1/campaigns/${active}`)
  const etag = first.headers.get('etag')!
  const same = { 'if-none-match': etag }
  expect((await call('GET', `/api/v1/campaigns/${active}`, undefined, same)).status).toBe(304)
  expect((await call('POST', '/_sim/campaigns', { id: active, status: 'paused' })).status).toBe(200)
  const changed = await call('GET', `/api/v1/campaigns/${active}`, undefined, same)
  expect([changed.status, changed.answer.status, changed.answer.code]).toEqual([
    200,
    'paused',
    'admission-2026',
  ])
  expect((await call('GET', `/api/v1/campaigns/${crypto.randomUUID()}`)).status).toBe(404)
})

test('a client takes part, once, and his campaigns are listed', async () => {
  const { call } = start()
  const client = crypto.randomUUID()
  const path = `/api/v1/campaigns/${active}/participants/${client}`
  const body = { state: 'accepted', source: 'portal' }
  const first = await call('PUT', path, body)
  expect(first.status).toBe(200)
  expect((await call('PUT', path, body)).answer).toEqual(first.answer)
  expect((await call('GET', `/api/v1/clients/${client}/campaigns`)).items).toMatchObject([
    { id: active, participation: body },
  ])
  expect((await call('GET', `/api/v1/clients/${crypto.randomUUID()}/campaigns`)).items).toEqual([])
  expect((await call('PUT', path, { state: 'lost', source: 'portal' })).answer.errors).toEqual([
    { field: 'state' },
  ])
})

test('an event told twice is one event, whatever its key', async () => {
  const { call } = start()
  const event = {
    eventId: crypto.randomUUID(),
    clientId: crypto.randomUUID(),
    type: 'document.uploaded',
    occurredAt: '2026-11-23T10:00:00+03:00',
    payload: { documentId: 'd' },
  }
  const path = `/api/v1/campaigns/${active}/events`
  const key = { 'idempotency-key': 'a' }
  expect((await call('POST', path, event, key)).status).toBe(202)
  expect((await call('POST', path, event, key)).headers.get('idempotent-replayed')).toBe('true')
  expect((await call('POST', path, event)).status).toBe(202)
  expect((await call('POST', path, { ...event, type: 'invoice.paid' }, key)).status).toBe(409)
  expect((await call('GET', '/_sim/events')).answer.events).toEqual([
    { ...event, campaignId: active, deliveries: 3 },
  ])
  expect((await call('POST', path, { ...event, eventId: 'secret' })).answer.errors).toEqual([
    { field: 'eventId' },
  ])
})

test('without the key nothing is shown, and an event behind a timeout is kept', async () => {
  const { simulator, call } = start()
  expect((await simulator.app.request('/api/v1/campaigns')).status).toBe(401)
  const operation = 'POST /api/v1/campaigns/:id/events'
  await call('POST', '/_sim/faults', { faults: [{ operation, kind: 'timeout-after-acting', delayMs: 5 }] })
  const event = {
    eventId: crypto.randomUUID(),
    clientId: crypto.randomUUID(),
    type: 'invoice.paid',
    occurredAt: '2026-11-23T10:00:00Z',
  }
  const response = await simulator.app.request(`/api/v1/campaigns/${active}/events`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify(event),
  })
  expect(response.status).toBe(504)
  expect((await call('GET', '/_sim/events')).answer.events).toMatchObject([
    { type: 'invoice.paid', deliveries: 1 },
  ])
})
