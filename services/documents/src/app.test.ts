import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { openTestStand, type TestStand } from './open-test-stand.node.ts'
import { closeRequests } from './requests/close-requests.ts'
import { openSteps } from './upload-in-test.node.ts'

let stand: TestStand
beforeAll(async () => {
  stand = await openTestStand()
}, 60_000)
afterAll(() => stand.close())

type Operation = { summary: string; parameters: { name: string; in: string }[]; responses: object }

const document = async () => {
  const { answer } = await stand.call(undefined, 'GET', '/openapi.json')
  return answer.paths as Record<string, Record<string, Operation>>
}

test('every route is in the OpenAPI document', async () => {
  const paths = await document()
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const routes = new Set(
    app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  )
  expect(new Set(described)).toEqual(routes)
})

test('every POST takes an Idempotency-Key: none is exempt', async () => {
  const exempt: string[] = []
  const without = Object.entries(await document())
    .filter(([, { post }]) => post && !post.parameters.some(({ name }) => name === 'Idempotency-Key'))
    .map(([path]) => path)
  expect(without).toEqual(exempt)
})

test('whatever id is asked for, the answer is a refusal and no fault', async () => {
  const { officer, permit } = openSteps(stand)
  await permit()
  const ids = [crypto.randomUUID(), 'x', '%00', '%ed%a0%80', `${crypto.randomUUID()}x`, '1'.repeat(3000)]
  const paths = [
    'GET /v1/requests/?',
    'POST /v1/requests/?/uploads',
    'POST /v1/uploads/?/complete',
    'GET /v1/documents/?',
    'POST /v1/documents/?/review',
    'GET /v1/documents/?/download',
    'GET /v1/documents/?/deliveries',
    'POST /v1/deliveries/?/retry',
  ]
  for (const id of ids)
    for (const [method = '', path = ''] of paths.map((one) => one.split(' '))) {
      const { status } = await stand.call(
        officer,
        method,
        path.replace('?', id),
        method === 'POST' ? {} : undefined,
      )
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
})

test('a machine has no documents of its own', async () => {
  const token = await stand.access.machineToken('payment')
  const ask = (path: string) =>
    app.request(path, { headers: { authorization: `Bearer ${token}` } }, stand.resources)
  expect((await ask('/v1/requests')).status).toBe(403)
  expect((await ask(`/v1/requests/${crypto.randomUUID()}`)).status).toBe(403)
  expect((await ask(`/v1/documents/${crypto.randomUUID()}`)).status).toBe(403)
  expect((await ask('/v1/documents')).status).toBe(403)
})

test('a request for an unknown campaign, or with a wrong field, is refused by name', async () => {
  const { officer, permit } = openSteps(stand)
  await permit()
  const right = { userId: crypto.randomUUID(), kind: 'passport', title: 'Паспорт' }
  for (const [field, wrong] of Object.entries({
    campaignId: crypto.randomUUID(),
    userId: 'x',
    kind: 'Not A Slug',
    title: '',
    dueOn: '2026-02-30',
    other: 1,
  })) {
    const refused = await stand.call(officer, 'POST', '/v1/requests', { ...right, [field]: wrong })
    expect([refused.status, Object.keys(refused.answer.fields as object)]).toEqual([400, [field]])
  }
})

test('of a deleted person nothing is asked any more', async () => {
  const { permit, ask, start } = openSteps(stand)
  await permit()
  const userId = crypto.randomUUID()
  const requestId = await ask(userId)
  const { uploadId } = await start(userId, requestId)
  for (let i = 0; i < 2; i++) await closeRequests(stand.resources, { service: 'client' }, { userId })
  expect((await stand.call(userId, 'GET', `/v1/requests/${requestId}`)).answer.state).toBe('closed')
  expect((await stand.call(userId, 'POST', `/v1/uploads/${uploadId}/complete`)).status).toBe(409)
  expect(consumers.map(({ event }) => event.type)).toEqual(['client.user-deleted'])
})
