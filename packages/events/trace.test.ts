import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Sql, transaction } from '@kontora/postgres'
import { type BaseResources, createApp, createHealth, createLog, realChance } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { Envelope, event } from './catalogue/event-type.ts'
import { consume, createRelay, emit, type Kafka, on, replayParked, retryParked } from './index.ts'
import { eventsMigrations } from './migrations.node.ts'

const moved = event('ledger.moved', v.object({ version: v.number() }))
const heard = event('reader.heard', v.object({ version: v.number() }))
const subject = '01890a5d-ac96-774b-bcce-b302099a8057'
type Line = { service: string; event: string; traceId?: string; link?: string; linkedTraceId?: string }

let database: TestDatabase
let time = new Date('2026-11-23T09:00:00Z')
let isIll = true
const lines: Line[] = []
const messages: { value: string }[] = []

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
})
afterAll(() => database.close())

const logOf = (service: string) =>
  createLog(
    service,
    () => time,
    (line) => lines.push(JSON.parse(line) as Line),
  )
const resourcesOf = (service: string): BaseResources & { sql: TestDatabase['sql'] } => ({
  ...realChance(),
  now: () => time,
  sql: database.sql,
  log: logOf(service),
  health: createHealth(),
})
const traceOf = (traceparent: string | null | undefined) => traceparent?.split('-')[1]

const app = createApp<BaseResources>({ title: 'Ledger', description: 'Ledger' })
app.post('/moves', async (c) => {
  const { sql, newId, now } = c.env
  const occurrence = { id: newId(), subject, time: now() }
  await transaction(sql, (tx) => emit(tx, moved, occurrence, { version: 1 }))
  return c.json({ id: occurrence.id }, 201)
})

/** Says a line and tells an event of its own, in the trace in which it runs. */
const handler = on<{ sql: Sql; now: () => Date; newId: () => string }, typeof moved.schema>(
  'hear-moved',
  moved,
  async ({ sql, newId }, _, { version }) => {
    logOf('reader').info('moved-heard')
    if (isIll) throw new Error('ill')
    await transaction(sql, (tx) => emit(tx, heard, { id: newId(), subject, time }, { version }))
  },
)

const relayAll = async (): Promise<void> => {
  const kafka = {
    producer: () => ({ produceMany: async (some: { value: string }[]) => messages.push(...some) }),
  } as unknown as Kafka
  const relay = createRelay({ ...resourcesOf('ledger'), service: 'ledger', holder: 'ledger-0', kafka })
  await relay.round()
  await relay.stop()
}

test('one trace goes from the request to the handler that fails, its dead letter, and by a link to the replay', async () => {
  const outside = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`
  const made = await app.request(
    '/moves',
    { method: 'POST', headers: { traceparent: outside } },
    resourcesOf('ledger'),
  )
  const { id } = (await made.json()) as { id: string }
  const [request] = lines.splice(0)
  expect(request).toMatchObject({ event: 'request', link: 'c'.repeat(32) })
  const trace = request?.traceId
  expect(trace).toMatch(/^[0-9a-f]{32}$/)

  await relayAll()
  const envelope = v.parse(Envelope, JSON.parse(messages[0]?.value ?? ''))
  expect(traceOf(envelope.traceparent)).toBe(trace!)

  const reader = resourcesOf('reader')
  const place = { topic: 'ledger', partition: 0, offset: 0 }
  expect(await consume(reader, handler, envelope, place)).toBe('parked')
  for (let i = 0; i < 8; i++) {
    time = new Date(time.getTime() + 3_601_000)
    await retryParked(reader, 'reader', [handler])
  }
  expect(new Set(lines.map(({ traceId }) => traceId))).toEqual(new Set([trace]))
  expect(lines.map((line) => line.event)).toContain('event-given-up')
  const rows = await database.sql<{ type: string; traceparent: string }[]>`
    select 'parked' as type, traceparent from parked union all select type, traceparent from outbox order by type`
  expect(rows.map(({ type, traceparent }) => [type, traceOf(traceparent)])).toEqual([
    ['ledger.moved', trace],
    ['parked', trace],
    ['reader.dead-letter', trace],
  ])

  lines.length = 0
  isIll = false
  await replayParked(database.sql, id, time)
  expect(await retryParked(reader, 'reader', [handler])).toBe(1)
  const [replayed, said] = lines
  expect(replayed).toMatchObject({ event: 'event-replayed', linkedTraceId: trace })
  expect(replayed?.traceId).not.toBe(trace)
  expect(said).toMatchObject({ event: 'moved-heard', traceId: replayed?.traceId })
  const [told] = await database.sql<{ traceparent: string }[]>`
    select traceparent from outbox where type = 'reader.heard'`
  expect(traceOf(told?.traceparent)).toBe(replayed!.traceId!)
  const [inbox] = await database.sql<{ traceparent: string }[]>`select traceparent from inbox`
  expect(traceOf(inbox?.traceparent)).toBe(trace!)
})
