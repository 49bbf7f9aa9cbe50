import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { connect, type Pool } from '@kontora/postgres'
import { createLog } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { Webhook } from 'standardwebhooks'
import * as v from 'valibot'
import { event, toEnvelope } from '../catalogue/event-type.ts'
import { createPushReceiver, type HeardBeat, on, retryParked } from '../index.ts'
import { eventsMigrations } from '../migrations.node.ts'

type Resources = { sql: Pool; now: () => Date; newId: () => string; log: ReturnType<typeof createLog> }
const moved = event('ledger.moved', v.object({ key: v.string(), version: v.number() }))
const secret = `whsec_${btoa('a'.repeat(32))}`
const other = `whsec_${btoa('b'.repeat(32))}`

let database: TestDatabase
let resources: Resources
let lines: string[] = []
let failing = new Set<number>()
let beats: HeardBeat[] = []
let offset = 0
beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
  await database.ownerSql`
    create table effects (position bigint generated always as identity, key text, version integer)`
  const now = () => new Date()
  const log = createLog('reader', now, (line) => void lines.push(line))
  resources = { sql: database.sql, now, newId: () => crypto.randomUUID(), log }
})
afterAll(() => database.close())
beforeEach(async () => {
  lines = []
  failing = new Set()
  beats = []
  for (const table of ['effects', 'parked', 'inbox', 'outbox'])
    await database.sql`delete from ${database.sql(table)}`
})

const apply = on<Resources, typeof moved.schema>('apply', moved, async ({ sql }, _, { key, version }) => {
  await sql`insert into effects ${sql({ key, version })}`
  if (failing.has(version)) throw new Error('not this time')
})
const receiverOf = (secrets: string[]) =>
  createPushReceiver<Resources>({
    service: 'reader',
    secrets,
    handlers: [apply],
    onBeats: async (heard) => void beats.push(...heard),
  })
const receive = receiverOf([secret])

const eventOf = (key: string, version: number, type = moved.type) =>
  JSON.stringify(
    toEnvelope({
      id: crypto.randomUUID(),
      type,
      version: 1,
      source: 'ledger',
      subject: key,
      time: new Date(),
      data: { key, version },
    }),
  )
const messageOf = (value: string | null) => ({
  topic: 'ledger',
  partition: 0,
  offset: offset++,
  timestamp: Date.now(),
  key: 'k',
  value,
  headers: [],
})
const bodyOf = (...values: (string | null)[]) => JSON.stringify(values.map(messageOf))
const headersOf = (body: string, { by = secret, ageSeconds = 0, id = 'msg_1' } = {}) => {
  const time = new Date(Date.now() - ageSeconds * 1000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign(id, time, body),
  }
}
const post = async (
  body: string,
  headers: Record<string, string> = headersOf(body),
  by = receive,
  using = resources,
) => {
  const request = new Request('http://reader.test/events', { method: 'POST', body, headers })
  return (await by(request, using)).status
}
const effects = async () =>
  (
    await database.sql<{ key: string; version: number }[]>`select key, version from effects order by position`
  ).map(({ key, version }) => `${key}${version}`)
const count = async (table: string) =>
  (await database.sql<{ n: number }[]>`select count(*)::integer as n from ${database.sql(table)}`)[0]?.n

test('a signed batch is handled in its order, and its repeat is taken without any effect', async () => {
  const body = bodyOf(eventOf('a', 1), eventOf('b', 1), eventOf('a', 2), 'garbage', null)
  const headers = headersOf(body)
  expect(await post(body, headers)).toBe(204)
  const after = async () => [await effects(), await count('inbox'), await count('outbox')]
  const once = await after()
  expect(once[0]).toEqual(['a1', 'b1', 'a2'])
  expect(once[2]).toBe(2)
  expect(await post(body, headers)).toBe(204)
  expect(await post(body, headersOf(body, { id: 'msg_2' }))).toBe(204)
  expect(await after()).toEqual(once)
})

test('what is forged, older or newer than five minutes or not signed is refused and has no effect', async () => {
  const body = bodyOf(eventOf('a', 1))
  const right = headersOf(body)
  const future = headersOf(body, { ageSeconds: -360 })
  const { 'webhook-signature': _, ...unsigned } = right
  const { 'webhook-timestamp': __, ...untimed } = right
  const cases: [number, string, Record<string, string>][] = [
    [401, body, headersOf(body, { by: other })],
    [401, body, headersOf(body, { ageSeconds: 301 })],
    [401, body, future],
    [401, bodyOf(eventOf('a', 2)), right],
    [401, body, { ...right, 'webhook-id': 'msg_2' }],
    [401, body, { ...headersOf(body, { ageSeconds: 301 }), 'webhook-timestamp': right['webhook-timestamp'] }],
    [401, body, { ...right, 'webhook-signature': 'v1,AAAA' }],
    [401, body, { ...right, 'webhook-signature': right['webhook-signature'].replace('v1,', 'v2,') }],
    [400, body, { ...right, 'webhook-signature': 'x'.repeat(5000) }],
    [400, body, { ...right, 'webhook-timestamp': '1e9' }],
    [400, body, unsigned],
    [400, body, untimed],
    [400, body, {}],
  ]
  for (const [status, text, headers] of cases) expect(await post(text, headers)).toBe(status)
  for (const secrets of [[], ['whsec_'], [''], [other]])
    expect(await post(body, right, receiverOf(secrets))).toBe(401)
  expect(await receive(new Request('http://reader.test/events'), resources)).toMatchObject({ status: 405 })
  expect([await effects(), await count('inbox'), await count('parked')]).toEqual([[], 0, 0])
  expect(lines.join('\n')).not.toContain('whsec_')
})

test('while a secret is replaced either fits, and one of several signatures is enough', async () => {
  const both = receiverOf([secret, other])
  const body = bodyOf(eventOf('a', 1))
  expect(await post(body, headersOf(body, { by: other }), both)).toBe(204)
  const mine = headersOf(body)
  const foreign = headersOf(body, { by: other })['webhook-signature']
  const signature = `${foreign} ${mine['webhook-signature']}`
  expect(await post(body, { ...mine, 'webhook-signature': signature })).toBe(204)
  expect(await effects()).toEqual(['a1'])
})

test('what is signed but no batch is refused', async () => {
  for (const body of ['no json', '{}', '[1]', '[{"topic":"ledger","partition":0,"offset":-1}]'])
    expect(await post(body)).toBe(400)
})

test('a body beyond the bound is refused whether or not it tells its length', async () => {
  const body = `[${' '.repeat(8 * 1024 * 1024)}]`
  const headers = headersOf('[]')
  expect(await post(body, headers)).toBe(413)
  const chunk = new TextEncoder().encode(' '.repeat(1024 * 1024))
  let sent = 0
  const pull = (controller: ReadableStreamDefaultController) => {
    if (sent++ < 100) controller.enqueue(chunk)
    else controller.close()
  }
  const stream = new ReadableStream({ pull })
  const request = new Request('http://reader.test/events', { method: 'POST', body: stream, headers })
  expect(await receive(request, resources)).toMatchObject({ status: 413 })
  expect(sent).toBeLessThan(20)
})

test('what cannot be handled is parked, answered 204, and handled by the retrier in its order', async () => {
  failing.add(2)
  const body = bodyOf(eventOf('a', 1), eventOf('a', 2), eventOf('a', 3), eventOf('b', 1))
  expect(await post(body)).toBe(204)
  expect(await effects()).toEqual(['a1', 'b1'])
  expect(await post(body)).toBe(204)
  expect(await count('parked')).toBe(2)
  failing.clear()
  const later = { ...resources, now: () => new Date(Date.now() + 5000) }
  while ((await retryParked(later, 'reader', [apply])) > 0);
  expect(await effects()).toEqual(['a1', 'b1', 'a2', 'a3'])
})

test('a database that is away is answered 503, so that the batch comes again', async () => {
  const nobody = connect('postgres://a:b@127.0.0.1:1/none', { max: 1 })
  const body = bodyOf(eventOf('a', 1))
  expect(await post(body, headersOf(body), receive, { ...resources, sql: nobody })).toBe(503)
  await nobody.end({ timeout: 1 })
  expect(await post(body)).toBe(204)
  expect(await effects()).toEqual(['a1'])
})

test('the last beat of each partition is told once all before it is handled', async () => {
  const body = bodyOf(eventOf('0', 0, 'ledger.beat'), eventOf('a', 1), eventOf('0', 0, 'ledger.beat'))
  expect(await post(body)).toBe(204)
  expect(beats).toEqual([{ topic: 'ledger', partition: 0, time: expect.any(Date) }])
  expect(await count('inbox')).toBe(1)
})
