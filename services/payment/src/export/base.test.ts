import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())
afterEach(async () => {
  payment.baseCalls.areLost = false
  await payment.base.ask('DELETE', 'faults')
  await payment.base.ask('POST', 'settings', { sessions: 10 })
  await change('open')
  for (let i = 0; i < 9; i++) await round(5)
})

const round = async (minutes: number) => {
  await payment.advance(minutes * 60_000)
  await payment.run('export-to-one-c')
}
const change = async (state: string) =>
  payment.ask('POST', '/v1/one-c', { token: await story.operator(), body: { state } })
const base = async () => (await payment.ask('GET', '/v1/one-c', { token: await story.operator() })).json
const stateOf = async (id: string) => {
  const [row] = await payment.sql<{ state: string; reasonCode: string | null }[]>`
    select state, reason_code from exports where id = ${id}`
  return row
}
const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = payment.baseCalls.count
  await work()
  return payment.baseCalls.count - before
}

test('a refused password closes the base at the first refusal; it is asked no more until an operator opens it', async () => {
  await payment.base.fault({ operation: '*', kind: 'error', status: 401, times: 1000 })
  const made = []
  for (let i = 0; i < 4; i++) made.push(await story.invoice())
  const first = await callsOf(() => payment.run('export-to-one-c'))
  expect(first).toBeLessThanOrEqual(2)
  expect(await base()).toMatchObject({ state: 'paused', reasonCode: '401', waiting: 4, failed: 0 })
  expect(payment.lines.some((line) => line.includes('one-c-paused') && line.includes('"error"'))).toBe(true)
  expect(await callsOf(() => round(60 * 24))).toBe(0)
  await payment.base.ask('DELETE', 'faults')
  expect((await change('open')).status).toBe(200)
  await round(1)
  for (const { invoiceId } of made) expect(await stateOf(invoiceId)).toMatchObject({ state: 'exported' })
})

test('an operator closes the base and opens it again; what waits loses nothing', async () => {
  await change('paused')
  const { invoiceId } = await story.invoice()
  expect(await callsOf(() => round(10))).toBe(0)
  expect(await base()).toMatchObject({ state: 'paused', reasonCode: 'by-operator', waiting: 1 })
  await change('open')
  await round(1)
  expect(await stateOf(invoiceId)).toMatchObject({ state: 'exported' })
})

test('without a free session the base is asked ever more slowly, by one document, and at full width when it answers', async () => {
  await payment.base.ask('POST', 'settings', { sessions: 0 })
  for (let i = 0; i < 3; i++) await story.invoice()
  const perMinute: number[] = []
  for (let minute = 0; minute < 10; minute++) {
    let calls = 0
    for (let second = 0; second < 60; second += 5) calls += await callsOf(() => round(5 / 60))
    perMinute.push(calls)
  }
  expect(perMinute[0]).toBeGreaterThan(2)
  expect(Math.max(...perMinute.slice(3))).toBeLessThanOrEqual(2)
  expect(await base()).toMatchObject({ state: 'open', waiting: 3, failed: 0, reasonCode: '406' })
  await payment.base.ask('POST', 'settings', { sessions: 10 })
  for (let i = 0; i < 3; i++) await round(2)
  expect(await base()).toMatchObject({ faults: 0, waiting: 0 })
})

test('after five faults it is asked whether it lives before a document is risked on it', async () => {
  payment.baseCalls.areLost = true
  await story.invoice()
  for (let i = 0; i < 8; i++) await round(2)
  expect(Number((await base()).faults)).toBeGreaterThanOrEqual(5)
  expect(await callsOf(() => round(2))).toBe(1)
  payment.baseCalls.areLost = false
  await payment.base.ask('DELETE', 'faults')
  await round(2)
  expect(await base()).toMatchObject({ faults: 0, waiting: 0 })
})

test('a page with 500 for one document is repeated a few times and then shown, and others go on', async () => {
  await payment.base.fault({ operation: 'POST Catalog_Контрагенты', kind: 'error', status: 500, times: 5 })
  const broken = await story.invoice()
  for (let i = 0; i < 12 && (await stateOf(broken.invoiceId))?.state !== 'failed'; i++) await round(2)
  expect(await stateOf(broken.invoiceId)).toEqual({ state: 'failed', reasonCode: '500' })
  const other = await story.invoice()
  for (let i = 0; i < 3; i++) await round(2)
  expect(await stateOf(other.invoiceId)).toMatchObject({ state: 'exported' })
  const token = await story.operator()
  const body = { reasonCode: '500' }
  expect((await payment.ask('POST', '/v1/exports/retry', { token, body })).json).toEqual({
    retried: 1,
  } as never)
  await round(1)
  expect(await stateOf(broken.invoiceId)).toMatchObject({ state: 'exported' })
})

test('two at once is two at once, however many processes work', async () => {
  let [running, most] = [0, 0]
  const { put } = payment.resources.accounting
  // The first one waits for company, so that nothing depends on how fast this machine is.
  const second = Promise.withResolvers<void>()
  payment.resources.accounting.put = async (document) => {
    most = Math.max(most, ++running)
    if (running === 2) second.resolve()
    await second.promise
    const delivered = await put(document)
    running -= 1
    return delivered
  }
  for (let i = 0; i < 8; i++) await story.invoice()
  await Promise.all([1, 2, 3, 4].map(() => payment.run('export-to-one-c')))
  payment.resources.accounting.put = put
  expect([most, running]).toEqual([2, 0])
  expect(await base()).toMatchObject({ waiting: 0 })
})

test('whoever took a document and died keeps it and his lease for twenty seconds', async () => {
  const { invoiceId } = await story.invoice()
  const died = {
    lease: crypto.randomUUID(),
    leasedUntil: new Date(payment.resources.now().getTime() + 20_000),
  }
  await payment.sql`update exports set ${payment.sql(died)} where id = ${invoiceId}`
  await round(19 / 60)
  expect(await stateOf(invoiceId)).toMatchObject({ state: 'waiting' })
  await round(2 / 60)
  expect(await stateOf(invoiceId)).toMatchObject({ state: 'exported' })
})

test('who may not close the base, leave out or retry does not; wrong words are refused', async () => {
  const stranger = await payment.tokenFor(crypto.randomUUID())
  const id = crypto.randomUUID()
  const body = { state: 'paused' }
  for (const [path, sent] of [
    ['/v1/one-c', body],
    ['/v1/one-c/comparisons', {}],
    ['/v1/exports/retry', { reasonCode: '-1' }],
    [`/v1/exports/${id}/leave-out`, { reason: 'x' }],
  ] as const) {
    expect((await payment.ask('POST', path, { body: sent })).status).toBe(401)
    expect((await payment.ask('POST', path, { token: stranger, body: sent })).status).toBe(403)
  }
  for (const path of ['/v1/one-c', '/v1/one-c/differences', `/v1/one-c/comparisons/${id}`])
    expect((await payment.ask('GET', path, { token: stranger })).status).toBe(403)
  const token = await story.operator()
  expect((await payment.ask('POST', '/v1/one-c', { token, body: { state: 'off' } })).status).toBe(400)
  expect(
    (await payment.ask('POST', `/v1/exports/${id}/leave-out`, { token, body: { reason: 'x' } })).status,
  ).toBe(404)
  expect((await payment.ask('GET', `/v1/one-c/comparisons/${id}`, { token })).status).toBe(404)
})
