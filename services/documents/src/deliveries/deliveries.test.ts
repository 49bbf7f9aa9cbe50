import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { openTestStand, type TestStand } from '../open-test-stand.node.ts'
import { openRoback } from '../roback/client.ts'
import { openSteps, pdf, sha256 } from '../upload-in-test.node.ts'
import { deliverDocuments } from './deliver-documents.ts'
import { pauseMs } from './delivery.ts'
import { type System, systems } from './system.ts'

const files = 'Catalog_КонтрагентыПрисоединенныеФайлы'
const campaignId = '5d0f6c1e-2f3a-4b7d-8c11-9e0a1b2c3d01'

let stand: TestStand
let steps: ReturnType<typeof openSteps>
beforeAll(async () => {
  stand = await openTestStand()
  steps = openSteps(stand)
  await steps.permit()
  await stand.runJobs()
}, 60_000)
afterAll(() => stand.close())
afterEach(async () => {
  stand.away.clear()
  await stand.sql`update deliveries set state = 'failed' where state = 'waiting'`
  stand.clock.ms = 0
  await stand.access.beat()
})

const pass = async (seconds: number) => {
  stand.clock.ms += seconds * 1000
  await stand.access.beat()
}
const deliver = () => Promise.all(systems.map((system) => deliverDocuments(stand.resources, system)))
/** As the jobs do it, a beat each `seconds`. */
const beats = async (count: number, seconds: number) => {
  for (let i = 0; i < count; i++) {
    await deliver()
    await pass(seconds)
  }
}
const outside = async (system: System, path: string, body?: object) => {
  const response = await stand.simulators[system].app.request(`http://sim/_sim/${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, Record<string, unknown>[]>
}
const fault = (system: System, kind: string, more: object = {}) =>
  outside(system, 'faults', { faults: [{ kind, delayMs: 1, ...more }] })

const cardsOf = async (documentId: string) =>
  (await outside('one-c', `entities/${encodeURIComponent(files)}`)).entities!.filter(
    (one) => one.Ref_Key === documentId,
  )
const inRoback = async (documentId: string) =>
  (await outside('roback', 'documents')).documents!.filter(({ id }) => id === documentId)
const inCampaigns = async (documentId: string) =>
  (await outside('campaigns', 'events')).events!.filter(
    ({ payload }) => (payload as { documentId: string }).documentId === documentId,
  )
const deliveriesOf = async (documentId: string) => {
  const { answer } = await stand.call(steps.officer, 'GET', `/v1/documents/${documentId}/deliveries`)
  return answer.items as Record<string, unknown>[]
}
const stateOf = async (documentId: string) =>
  Object.fromEntries((await deliveriesOf(documentId)).map(({ system, state }) => [system, state]))
const deliveredEvents = async (requestId: string) =>
  stand.sql<{ system: string }[]>`
    select data ->> 'system' as system from outbox
    where type = 'documents.delivered' and subject = ${requestId} order by data ->> 'system'`

const everywhere = { 'one-c': 'delivered', roback: 'delivered', campaigns: 'delivered' }

test('an accepted document reaches 1С, Roback and the campaign of its request', async () => {
  const me = crypto.randomUUID()
  const { documentId, requestId } = await steps.accepted(me, { campaignId })
  expect(await stateOf(documentId)).toEqual({ 'one-c': 'waiting', roback: 'waiting', campaigns: 'waiting' })
  await deliver()
  expect(await stateOf(documentId)).toEqual(everywhere)
  const link = `https://portal.test/documents/${documentId}`
  expect(await cardsOf(documentId)).toMatchObject([
    {
      Description: 'Паспорт, стр. 1',
      Расширение: 'pdf',
      Размер: pdf.length,
      ВладелецФайла_Key: me,
      ПутьКФайлу: link,
      ФайлХранилище_Base64Data: '',
    },
  ])
  expect(await inRoback(documentId)).toMatchObject([
    { clientId: me, downloadUrl: link, sha256: sha256(pdf), campaignId, deliveries: 1, changes: 1 },
  ])
  expect(await inCampaigns(documentId)).toMatchObject([{ clientId: me, campaignId, deliveries: 1 }])
  expect((await deliveredEvents(requestId)).map(({ system }) => system)).toEqual([
    'campaigns',
    'one-c',
    'roback',
  ])
})

test('without a campaign none is told, and a rejected document goes nowhere', async () => {
  const me = crypto.randomUUID()
  const { documentId } = await steps.accepted(me)
  expect(Object.keys(await stateOf(documentId)).sort()).toEqual(['one-c', 'roback'])
  const rejected = await steps.store(me, await steps.ask(me, { campaignId }))
  await steps.review(rejected.documentId, { decision: 'rejected', reasonCode: 'late' })
  expect(await deliveriesOf(rejected.documentId)).toEqual([])
})

test('a partner that is switched off is owed nothing', async () => {
  const me = crypto.randomUUID()
  const { documentId } = await steps.store(me, await steps.ask(me))
  const over = { partners: { roback: stand.resources.partners.roback! } }
  const path = `/v1/documents/${documentId}/review`
  await stand.call(steps.officer, 'POST', path, { decision: 'accepted' }, { over })
  expect(Object.keys(await stateOf(documentId))).toEqual(['roback'])
})

test.each([
  ['an answer that comes too late', 'timeout-after-acting', {}],
  ['503', 'error', { status: 503 }],
  ['a page instead of an answer', 'garbage', {}],
  ['many faults in a row', 'error', { times: 5, status: 502 }],
] as const)('each partner gets a document exactly once in spite of %s', async (_, kind, more) => {
  const me = crypto.randomUUID()
  for (const system of systems) await fault(system, kind, more)
  const { documentId, requestId } = await steps.accepted(me, { campaignId })
  await deliver()
  expect(Object.values(await stateOf(documentId))).not.toContain('failed')
  expect(Object.values(await stateOf(documentId))).toContain('waiting')
  await beats(12, 80)
  expect(await stateOf(documentId)).toEqual(everywhere)
  expect(await cardsOf(documentId)).toHaveLength(1)
  expect(await inRoback(documentId)).toMatchObject([{ changes: 1 }])
  expect(await inCampaigns(documentId)).toHaveLength(1)
  expect(await deliveredEvents(requestId)).toHaveLength(3)
  for (const system of systems) expect((await outside(system, 'faults')).faults).toEqual([])
})

test('1С made one card where its answers were lost at every step', async () => {
  const { documentId } = await steps.accepted(crypto.randomUUID())
  await fault('one-c', 'timeout-after-acting', { times: 4 })
  await beats(8, 80)
  expect((await stateOf(documentId))['one-c']).toBe('delivered')
  const journal = (await outside('one-c', 'journal')).entries!
  const made = journal.filter(
    ({ method, path, status }) =>
      method === 'POST' && status === 201 && decodeURIComponent(String(path)).endsWith(files),
  )
  const cards = (await outside('one-c', `entities/${encodeURIComponent(files)}`)).entities!
  expect(cards.length).toBeGreaterThan(0)
  expect(made).toHaveLength(cards.length)
})

test('a partner that is down holds up no other, and gets all within a minute of its return', async () => {
  stand.away.add('roback')
  const accepted = [] as string[]
  for (let i = 0; i < 3; i++)
    accepted.push((await steps.accepted(crypto.randomUUID(), { campaignId })).documentId)
  await beats(6, 20)
  for (const documentId of accepted) {
    expect(await stateOf(documentId)).toEqual({ ...everywhere, roback: 'waiting' })
    const [roback] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'roback')
    expect(roback).toMatchObject({ reason: 'unavailable no-answer' })
  }
  stand.away.clear()
  await beats(40, 2)
  for (const documentId of accepted) {
    expect(await stateOf(documentId)).toEqual(everywhere)
    expect(await inRoback(documentId)).toMatchObject([{ deliveries: 1, changes: 1 }])
  }
})

test('replicas that deliver at once tell each partner once', async () => {
  const accepted = [] as string[]
  for (let i = 0; i < 4; i++)
    accepted.push((await steps.accepted(crypto.randomUUID(), { campaignId })).documentId)
  await Promise.all([deliver(), deliver(), deliver()])
  for (const documentId of accepted) {
    expect(await stateOf(documentId)).toEqual(everywhere)
    expect(await inRoback(documentId)).toMatchObject([{ deliveries: 1 }])
    expect(await inCampaigns(documentId)).toMatchObject([{ deliveries: 1 }])
  }
})

test('what a crash left after the claim is delivered later, under the same id', async () => {
  const { documentId } = await steps.accepted(crypto.randomUUID())
  const dies = { ...stand.resources, partners: { roback: () => new Promise<void>(() => {}) } }
  void deliverDocuments(dies, 'roback')
  await Bun.sleep(50)
  await deliver()
  expect((await stateOf(documentId)).roback).toBe('waiting')
  await pass(121)
  await deliver()
  expect((await stateOf(documentId)).roback).toBe('delivered')
  expect(await inRoback(documentId)).toHaveLength(1)
})

test('a partner who is slower than the claim is told twice by the same key, and the arrival is told once', async () => {
  const { documentId, requestId } = await steps.accepted(crypto.randomUUID())
  const keys: (string | null)[] = []
  const answers: (() => void)[] = []
  const roback = openRoback({
    url: 'http://roback.test',
    key: 'partner-key',
    linkTo: (id) => `https://portal.test/documents/${id}`,
    fetch: async (url, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'))
      await new Promise<void>((resolve) => answers.push(resolve))
      return stand.simulators.roback.app.request(url, init)
    },
  })
  const slow = { ...stand.resources, partners: { roback } }
  const first = deliverDocuments(slow, 'roback')
  while (answers.length < 1) await Bun.sleep(5)
  await pass(121)
  const second = deliverDocuments(slow, 'roback')
  while (answers.length < 2) await Bun.sleep(5)
  for (const answer of answers) answer()
  await Promise.all([first, second])
  const [delivery] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'roback')
  expect(keys).toEqual([String(delivery?.deliveryId), String(delivery?.deliveryId)])
  expect(await inRoback(documentId)).toMatchObject([{ changes: 1, deliveries: 2 }])
  expect((await deliveredEvents(requestId)).map(({ system }) => system)).toEqual(['roback'])
})

test('what the partner refuses is shown, and sent again after somebody has looked', async () => {
  const unknown = crypto.randomUUID()
  await stand.sql`
    insert into campaigns (id, code, name, status, starts_at, ends_at, required_kinds, read_at)
    select ${unknown}, 'spring', 'Весна', status, starts_at, ends_at, required_kinds, read_at
    from campaigns where id = ${campaignId}`
  const { documentId } = await steps.accepted(crypto.randomUUID(), { campaignId: unknown })
  await deliver()
  const [refused] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'campaigns')
  expect(refused).toMatchObject({ state: 'failed', reason: 'business 404', attempts: 1 })
  await pass(1000)
  await deliver()
  expect((await stateOf(documentId)).campaigns).toBe('failed')

  const path = `/v1/deliveries/${refused!.deliveryId}/retry`
  expect((await stand.call(crypto.randomUUID(), 'POST', path)).status).toBe(403)
  const year = { startsAt: '2026-09-01T00:00:00Z', endsAt: '2027-09-01T00:00:00Z' }
  await outside('campaigns', 'campaigns', {
    id: unknown,
    code: 'spring',
    name: 'Весна',
    status: 'active',
    ...year,
  })
  expect((await stand.call(steps.officer, 'POST', path)).answer).toMatchObject({ state: 'waiting' })
  await deliver()
  expect((await stateOf(documentId)).campaigns).toBe('delivered')
  expect((await stand.call(steps.officer, 'POST', path)).status).toBe(409)
})

test("1С's own words stand beside its refusal, in no log and no event", async () => {
  const me = crypto.randomUUID()
  const { documentId } = await steps.accepted(me)
  const { partners, simulators } = stand
  const basic = `Basic ${Buffer.from('Обмен:пароль').toString('base64')}`
  await simulators['one-c'].app.request(
    `http://one-c.test/buh/odata/standard.odata/${encodeURIComponent(files)}`,
    {
      method: 'POST',
      headers: { authorization: basic, accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ Ref_Key: documentId, Размер: 1, ВладелецФайла_Key: me }),
    },
  )
  expect(Object.keys(partners)).toContain('one-c')
  await deliver()
  const [card] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'one-c')
  expect(card).toMatchObject({ state: 'failed', reason: 'business mismatch' })
  expect(String(card!.told)).toContain('Размер')
  expect(stand.lines.join()).not.toContain('Размер')
})

test('a person whom `client` does not bill is a matter for somebody to look at', async () => {
  const me = crypto.randomUUID()
  stand.unknownPeople.add(me)
  const { documentId } = await steps.accepted(me)
  await deliver()
  const [card] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'one-c')
  expect(card).toMatchObject({ state: 'failed', reason: 'business no-requisites' })
})

test('with a wrong key the document waits, and says so', async () => {
  const { documentId } = await steps.accepted(crypto.randomUUID())
  const roback = openRoback({
    url: 'http://roback.test',
    key: 'wrong',
    linkTo: String,
    fetch: (url, init) => stand.simulators.roback.app.request(url, init),
  })
  await deliverDocuments({ ...stand.resources, partners: { roback } }, 'roback')
  const [waiting] = (await deliveriesOf(documentId)).filter(({ system }) => system === 'roback')
  expect(waiting).toMatchObject({ state: 'waiting', reason: 'configuration 401' })
  await beats(2, 80)
  expect((await stateOf(documentId)).roback).toBe('delivered')
})

test('pauses grow from two seconds to little more than a minute', () => {
  expect([1, 2, 3, 6, 60].map((attempts) => pauseMs(attempts, 0))).toEqual([2000, 4000, 8000, 60_000, 60_000])
  expect(pauseMs(60, 255)).toBeLessThanOrEqual(75_000)
})

test('the operator lists what failed and sends it again from the command line', async () => {
  const me = crypto.randomUUID()
  stand.unknownPeople.add(me)
  const { documentId } = await steps.accepted(me)
  await deliver()
  const run = async (...words: string[]) => {
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/../cli.ts`, ...words], {
      env: { PATH: process.env.PATH, DATABASE_URL: stand.database.url },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
    return { out, code }
  }
  const listed = await run('deliveries', 'list')
  expect([listed.code, listed.out.includes(documentId)]).toEqual([0, true])
  expect(listed.out).toContain('business no-requisites')
  stand.unknownPeople.delete(me)
  expect((await run('deliveries', 'retry', 'one-c')).code).toBe(0)
  await deliver()
  expect((await stateOf(documentId))['one-c']).toBe('delivered')
  expect((await run('deliveries', 'retry', crypto.randomUUID())).code).toBe(1)
  expect((await run('deliveries', 'retry')).code).toBe(2)
  expect((await run('--help')).out).toContain('documents migrate')
}, 30_000)
