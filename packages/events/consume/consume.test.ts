import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { connect, type Sql } from '@kontora/postgres'
import { currentTrace } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { type Envelope, event, toEnvelope } from '../catalogue/event-type.ts'
import { consume, type Handler, on, retryParked } from '../index.ts'
import { eventsMigrations } from '../migrations.node.ts'

type Resources = {
  sql: Sql
  now: () => Date
  newId: () => string
  log: { warn: () => void; error: () => void }
}

const moved = event('ledger.moved', v.object({ key: v.string(), version: v.number() }))
let database: TestDatabase
let resources: Resources
let time = new Date('2026-11-23T09:00:00Z')
let failing = new Set<number>()
let traces: (string | undefined)[] = []

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
  await database.ownerSql`
    create table effects (position bigint generated always as identity, handler text, key text, version integer)`
  const log = { warn: () => {}, error: () => {} }
  resources = { sql: database.sql, now: () => time, newId: () => crypto.randomUUID(), log }
})
afterAll(() => database.close())
beforeEach(async () => {
  const { sql } = database
  failing = new Set()
  traces = []
  for (const table of ['effects', 'parked', 'inbox', 'outbox']) await sql`delete from ${sql(table)}`
})

const effect =
  (handler: string): Parameters<typeof on<Resources, typeof moved.schema>>[2] =>
  async ({ sql }, _, { key, version }) => {
    traces.push(currentTrace()?.traceId)
    await sql`insert into effects ${sql({ handler, key, version })}`
    if (failing.has(version)) throw new Error(`secret of ${key}`)
  }
const block = on<Resources, typeof moved.schema>('block', moved, effect('block'))
const goOn = on<Resources, typeof moved.schema>('go-on', moved, effect('go-on'), { policy: 'go-on' })
const brief = on<Resources, typeof moved.schema>('brief', moved, effect('brief'), { deadLetter: false })

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const envelope = (key: string, version: number): Envelope =>
  toEnvelope({
    id: crypto.randomUUID(),
    type: moved.type,
    version: 1,
    source: 'ledger',
    subject: key,
    time,
    traceparent,
    data: { key, version },
  })
const hear = (handler: Handler<Resources>, ...events: Envelope[]) =>
  Promise.all([]).then(async () => {
    const outcomes: string[] = []
    for (const [offset, one] of events.entries())
      outcomes.push(await consume(resources, handler, one, { topic: 'ledger', partition: 0, offset }))
    return outcomes
  })
const versions = async (handler: string) =>
  (
    await database.sql<{ version: number }[]>`
      select version from effects where handler = ${handler} order by position`
  ).map(({ version }) => version)
const parked = () => database.sql`select key, attempts, reason, dead_at from parked order by position`
const advance = (seconds: number) => {
  time = new Date(time.getTime() + seconds * 1000)
}
const retry = (...handlers: Handler<Resources>[]) => retryParked(resources, 'reader', handlers)

test('an event has one effect for each handler, however often and however much at once it comes', async () => {
  const one = envelope('k', 1)
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => hear(block, one)))
  expect(outcomes.flat().sort()).toEqual(['handled', 'known', 'known', 'known', 'known', 'known'])
  expect(await hear(goOn, one)).toEqual(['handled'])
  expect([await versions('block'), await versions('go-on')]).toEqual([[1], [1]])
  expect(traces).toEqual(['a'.repeat(32), 'a'.repeat(32)])
})

test('under block later events of the key wait behind one that failed, other keys pass, and the order is kept', async () => {
  failing.add(1)
  const events = [envelope('k', 1), envelope('k', 2), envelope('other', 9), envelope('k', 3)]
  expect(await hear(block, ...events)).toEqual(['parked', 'parked', 'handled', 'parked'])
  expect(await versions('block')).toEqual([9])
  expect(await retry(block)).toBe(0)
  advance(2)
  failing.clear()
  let handled = 0
  for (let more = 1; more > 0; handled += more) more = await retry(block)
  expect(handled).toBe(3)
  expect(await versions('block')).toEqual([9, 1, 2, 3])
  expect(await parked()).toHaveLength(0)
  expect(await hear(block, ...events)).toEqual(['known', 'known', 'known', 'known'])
  expect(traces.at(-1)).toBe('a'.repeat(32))
})

test('under go-on later events pass the one that failed', async () => {
  failing.add(1)
  expect(await hear(goOn, envelope('k', 1), envelope('k', 2))).toEqual(['parked', 'handled'])
  failing.clear()
  advance(2)
  expect(await retry(goOn)).toBe(1)
  expect(await versions('go-on')).toEqual([2, 1])
})

test('a second copy of what is parked is not parked twice and has no effect of its own', async () => {
  failing.add(1)
  const one = envelope('k', 1)
  expect(await hear(block, one, one)).toEqual(['parked', 'parked'])
  expect(await hear(goOn, one, one)).toEqual(['parked', 'parked'])
  expect(await parked()).toHaveLength(2)
  failing.clear()
  advance(2)
  await retry(block, goOn)
  expect([await versions('block'), await versions('go-on')]).toEqual([[1], [1]])
})

test('what fails has no effect, waits longer each time, and tells its error by name alone', async () => {
  failing.add(1)
  await hear(block, envelope('k', 1))
  expect(await parked()).toMatchObject([{ attempts: 1, reason: 'Error', deadAt: null }])
  for (const [attempts, seconds] of [1, 5, 30].entries()) {
    advance(seconds - 0.5)
    await retry(block)
    expect(await parked()).toMatchObject([{ attempts: attempts + 1 }])
    advance(0.6)
    await retry(block)
    expect(await parked()).toMatchObject([{ attempts: attempts + 2 }])
  }
  expect(await versions('block')).toEqual([])
})

test('after the last attempt there is a dead letter by reference, and the key stays parked for the operator', async () => {
  failing.add(1)
  const one = envelope('k', 1)
  await hear(block, one, envelope('k', 2))
  for (let i = 0; i < 10; i++) {
    advance(3601)
    await retry(block)
  }
  expect(await parked()).toMatchObject([
    { attempts: 8, deadAt: expect.any(Date) },
    { attempts: 0, deadAt: null },
  ])
  const letters = await database.sql`select topic, type, subject, data from outbox`
  expect([...letters]).toEqual([
    {
      topic: 'reader.dlq',
      type: 'reader.dead-letter',
      subject: 'k',
      data: { handler: 'block', topic: 'ledger', partition: 0, offset: 0, eventId: one.id, reason: 'Error' },
    },
  ])
  expect(await hear(block, envelope('k', 3))).toEqual(['parked'])
})

test('what must never be a dead letter is dropped at last, stays known, and lets the next of its key go', async () => {
  failing.add(1)
  const one = envelope('k', 1)
  await hear(brief, one, envelope('k', 2))
  for (let i = 0; i < 10; i++) {
    advance(3601)
    await retry(brief)
  }
  expect(await versions('brief')).toEqual([2])
  expect(await parked()).toHaveLength(0)
  expect(await database.sql`select id from outbox`).toHaveLength(0)
  expect(await hear(brief, one)).toEqual(['known'])
})

test('a long row of one blocked key hides no other key from the retrier', async () => {
  failing.add(1)
  await hear(block, ...Array.from({ length: 70 }, (_, i) => envelope('k', i + 1)))
  failing.add(1000)
  await hear(block, envelope('other', 1000))
  advance(2)
  failing.delete(1000)
  await retry(block)
  expect(await versions('block')).toEqual([1000])
})

test('two retriers at once handle each parked event once, or fail it once', async () => {
  failing.add(1).add(2)
  await hear(goOn, envelope('a', 1), envelope('b', 2))
  advance(2)
  failing.delete(2)
  await Promise.all([retry(goOn), retry(goOn), retry(goOn)])
  expect(await versions('go-on')).toEqual([2])
  expect(await parked()).toMatchObject([{ key: 'a', attempts: 2 }])
})

test('data that does not fit its schema is parked, not handled', async () => {
  const wrong = { ...envelope('k', 1), data: { key: 5 } }
  expect(await hear(block, wrong)).toEqual(['parked'])
  expect(await parked()).toMatchObject([{ reason: 'ValiError' }])
})

test('a database that is away is no fault of the event: it is thrown back and nothing is parked', async () => {
  const nowhere = connect('postgres://a:b@127.0.0.1:1/none', { max: 1 })
  const one = envelope('k', 1)
  const away = consume({ ...resources, sql: nowhere }, block, one, {
    topic: 'ledger',
    partition: 0,
    offset: 0,
  })
  await expect(away).rejects.toThrow()
  await nowhere.end({ timeout: 1 })

  const cut = on<Resources, typeof moved.schema>('cut', moved, async ({ sql }) => {
    const [own] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
    await database.sql`select pg_terminate_backend(${own?.pid ?? 0})`
    await sql`select 1`
  })
  await expect(hear(cut, one)).rejects.toThrow()
  expect(await parked()).toHaveLength(0)
  expect(await hear(block, one)).toEqual(['handled'])
})
