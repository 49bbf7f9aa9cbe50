import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase } from '@kontora/testing'
import { exact, type Fetch, OneCFault, openHttpService, roubles } from './index.ts'

const [user, password] = ['Обмен данными', 'пароль']
const payerId = '22222222-2222-4222-8222-222222222222'
const invoiceId = '6f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11'

let simulator: Simulator
let clock: number
let seen: { method: string; mark: string | null; cookie: string | null; path: string }[]
beforeEach(() => {
  clock = Date.parse('2026-11-23T09:00:00Z')
  const now = () => new Date(clock)
  simulator = (simulators['one-c'] as (options: object) => Simulator)({ user, password, now })
  seen = []
})
afterEach(() => simulator.close())

const toSimulator: Fetch = (url, init) => {
  const headers = new Headers(init?.headers)
  const path = new URL(url).pathname.split('/v1/')[1] ?? ''
  const of = (name: string) => headers.get(name)
  seen.push({ method: String(init?.method), mark: of('ibsession'), cookie: of('cookie'), path })
  return simulator.app.request(url, init)
}
const open = (sessions: 'auto' | 'manual', fetch: Fetch = toSimulator) =>
  openHttpService({
    url: 'http://one-c.test/buh/odata/standard.odata/',
    path: '/hs/integration/v1',
    user,
    password,
    sessions,
    concurrency: 4,
    fetch,
    newId: () => crypto.randomUUID(),
    wait: async () => {},
  })

const outside = (path: string, body: object) =>
  simulator.app.request(`http://one-c.test/_sim/${path}`, { method: 'POST', body: JSON.stringify(body) })
const fault = (operation: string, kind: string, more = {}) =>
  outside('faults', { faults: [{ operation, kind, delayMs: 1, ...more }] })
const faultOf = async (call: Promise<unknown>): Promise<OneCFault> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OneCFault)) throw new Error('No fault of 1С')
  return error
}

const payer = { kind: exact('company'), name: "ООО «О'Хара»", inn: '7736050003', kpp: '773601001' }
const invoice = {
  number: '2026-000001',
  issuedAt: '2026-11-23T10:00:00+03:00',
  organization: exact(simulatedBase.organizationKey),
  counterpartyId: exact(payerId),
  amount: roubles(1_220_010),
  post: true,
  lines: [
    {
      title: 'Услуга',
      quantity: 1,
      price: roubles(1_220_010),
      amount: roubles(1_220_010),
      vatRate: exact('22'),
      vatAmount: roubles(220_002),
    },
  ],
}

test('a resource is written under our id, read back with text money, and written again without a second one', async () => {
  const service = open('auto')
  const kept = await service.within(async ({ put, get }) => {
    expect(await get(`invoices/${invoiceId}`)).toBeUndefined()
    await put(`counterparties/${payerId}`, payerId, payer)
    const first = await put(`invoices/${invoiceId}`, invoiceId, invoice)
    expect(await put(`invoices/${invoiceId}`, invoiceId, invoice)).toEqual(first)
    return get(`invoices/${invoiceId}`)
  })
  expect(kept).toMatchObject({ amount: '12200.10', paidAmount: '0.00', posted: true, number: '0000-000001' })
  expect(seen.every(({ mark, cookie }) => mark === null && cookie === null)).toBe(true)
})

test('a session is started by the first call, kept by its cookie and finished, also when the work fails', async () => {
  await outside('settings', { reuseSessions: 'use', sessions: 1, sessionWaitMs: 0 })
  const service = open('manual')
  for (let i = 0; i < 3; i++) {
    seen = []
    const work = service.within(async ({ put, get }) => {
      await put(`counterparties/${payerId}`, payerId, payer)
      await get(`invoices/${invoiceId}`)
      throw new Error('our own')
    })
    await expect(work).rejects.toThrow('our own')
    expect(seen.map(({ mark, cookie }) => [mark, cookie !== null])).toEqual([
      ['start', false],
      [null, true],
      ['finish', true],
    ])
  }
  expect(await service.ping()).toMatchObject({ ok: true })
})

test('two pieces of work at once have two sessions: one is never shared, and a third finds no room', async () => {
  await outside('settings', { reuseSessions: 'use', sessions: 2, sessionWaitMs: 0 })
  const service = open('manual')
  const end = Promise.withResolvers<void>()
  const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const working = started.map(({ resolve }) =>
    service.within(async ({ get }) => {
      await get(`invoices/${invoiceId}`)
      await get(`invoices/${invoiceId}`)
      resolve()
      await end.promise
    }),
  )
  await Promise.all(started.map(({ promise }) => promise))
  expect((await faultOf(service.ping())).code).toBe('406')
  end.resolve()
  await Promise.all(working)
  expect(new Set(seen.map(({ cookie }) => cookie).filter(Boolean)).size).toBe(2)
  expect(await service.ping()).toMatchObject({ ok: true })
})

test('a session that 1С knows no more is started anew, once', async () => {
  await outside('settings', { reuseSessions: 'use' })
  const service = open('manual')
  const kept = await service.within(async ({ put, get }) => {
    await put(`counterparties/${payerId}`, payerId, payer)
    clock += 21_000
    return get(`invoices/${invoiceId}`)
  })
  expect(kept).toBeUndefined()
  expect(seen.map(({ mark, cookie }) => [mark, cookie !== null])).toEqual([
    ['start', false],
    [null, true],
    ['start', false],
    ['finish', true],
  ])
  const stubborn = open(
    'manual',
    () => new Response('<html>', { status: 400, headers: { 'set-cookie': 'ibsession=a' } }),
  )
  expect((await faultOf(stubborn.ping())).kind).toBe('configuration')
})

test.each([
  ['an exception in the handler', 'refusal', {}, 'business', '-1'],
  ['a page with 500', 'error', { status: 500 }, 'unavailable', '500'],
  ['no session', 'error', { status: 406 }, 'unavailable', '406'],
  ['a wrong password', 'error', { status: 401 }, 'access', '401'],
  ['garbage', 'garbage', {}, 'unavailable', 'garbage'],
  ['a lost answer', 'timeout-after-acting', {}, 'unavailable', '504'],
  ['a service that is not published', 'error', { status: 404 }, 'configuration', '404'],
])('%s has its kind', async (_, kind, more, expected, code) => {
  await fault('PUT counterparties', kind, more)
  const put = () =>
    open('auto').within(({ put: write }) => write(`counterparties/${payerId}`, payerId, payer))
  const found = await faultOf(put())
  expect([found.kind as string, found.code]).toEqual([expected, code])
})

test("the service's own refusals are told apart: for a person, for later, not there", async () => {
  const service = open('auto')
  const put = (body: object) =>
    service.within((calls) => calls.put(`invoices/${invoiceId}`, invoiceId, body as typeof invoice))
  const unknown = await faultOf(put(invoice))
  expect([unknown.kind, unknown.code, unknown.text]).toEqual([
    'business',
    'COUNTERPARTY_UNKNOWN',
    'Контрагент не найден',
  ])
  await service.within(({ put: write }) => write(`counterparties/${payerId}`, payerId, payer))
  await outside('settings', { closedBefore: '2027-01-01' })
  const closed = await faultOf(put(invoice))
  expect([closed.kind, closed.code, /закрыт/.test(closed.text ?? '')]).toEqual([
    'business',
    'PERIOD_CLOSED',
    true,
  ])
  await outside('settings', { closedBefore: null, locked: [invoiceId] })
  expect((await faultOf(put(invoice))).kind).toBe('unavailable')
  await outside('settings', { locked: [] })
  expect((await faultOf(put({ ...invoice, amount: 'x' }))).code).toBe('BAD_REQUEST')
})

test('a byte order mark before an answer is no part of it', async () => {
  await fault('GET ping', 'bom')
  expect(await open('auto').ping()).toMatchObject({ ok: true })
})
