import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Sql } from '@kontora/postgres'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { type Envelope, event, toEnvelope } from '../catalogue/event-type.ts'
import { consume, type Handler, on, replayParked, retryParked } from '../index.ts'
import { eventsMigrations } from '../migrations.node.ts'
import { buryUnread } from './bury.ts'
import { createVanishedWatch } from './vanished.ts'

type Resources = { sql: Sql; now: () => Date; newId: () => string }
const movedOnce = event('ledger.moved', v.object({ version: v.number() }))
const movedTwice = event('ledger.moved', v.object({ version: v.number(), by: v.string() }), 2)

let database: TestDatabase
let time = new Date('2026-11-23T09:00:00Z')
let seen: unknown[] = []
beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
})
afterAll(() => database.close())
beforeEach(async () => {
  seen = []
  for (const table of ['parked', 'inbox', 'outbox']) await database.sql`delete from ${database.sql(table)}`
})

const place = { topic: 'ledger', partition: 2, offset: 11 }
const resources = () => ({ sql: database.sql, now: () => time, newId: () => crypto.randomUUID() })
const hear = async (_: Resources, __: unknown, data: unknown) => seen.push(data)
const older = on<Resources, typeof movedOnce.schema>('read-moved', movedOnce, hear)
const newer = on<Resources, typeof movedTwice.schema>('read-moved', movedTwice, hear)
const eventOf = (version: number, data: object): Envelope =>
  toEnvelope({
    id: crypto.randomUUID(),
    type: 'ledger.moved',
    version,
    source: 'ledger',
    subject: 'k',
    time,
    data,
  })
const letters = () => database.sql<{ data: object }[]>`select data from outbox where topic = 'reader.dlq'`
const advance = (seconds: number) => {
  time = new Date(time.getTime() + seconds * 1000)
}
const retry = (...handlers: Handler<Resources>[]) => retryParked(resources(), 'reader', handlers)

test('a version that nobody here knows is a dead letter and kept: the next release handles it, once, before what came behind', async () => {
  const one = eventOf(2, { version: 1, by: 'x' })
  const burying = { ...resources(), service: 'reader' }
  expect(await buryUnread(burying, older, one, place)).toBe('parked')
  expect(await buryUnread(burying, older, one, place)).toBe('parked')
  expect((await letters()).map(({ data }) => data)).toEqual([
    { ...place, handler: 'read-moved', eventId: one.id, reason: 'unknown version' },
  ])
  const later = eventOf(2, { version: 2, by: 'x' })
  expect(await consume(resources(), newer, later, { ...place, offset: 12 })).toBe('parked')
  await replayParked(database.sql, one.id, time)
  expect(await retry(older)).toBe(0)
  expect(seen).toEqual([])
  advance(2)
  expect(await retry(newer)).toBe(1)
  expect(await retry(newer)).toBe(1)
  expect(seen).toEqual([
    { version: 1, by: 'x' },
    { version: 2, by: 'x' },
  ])
})

test('what must never be a dead letter is none in a version that nobody here knows either, and is not kept', async () => {
  const brief = on<Resources, typeof movedOnce.schema>('read-brief', movedOnce, hear, { deadLetter: false })
  const one = eventOf(2, { version: 1 })
  expect(await buryUnread({ ...resources(), service: 'reader' }, brief, one, place)).toBe('known')
  expect(await consume(resources(), brief, one, place)).toBe('known')
  expect([await letters(), await database.sql`select position from parked`]).toEqual([[], []] as never)
})

test('what waits for a handler that exists no more becomes a dead letter, and what waits for another process does not', async () => {
  const failing = on<Resources, typeof movedOnce.schema>('gone', movedOnce, async () => {
    throw new Error('ill')
  })
  const one = eventOf(1, { version: 1 })
  await consume(resources(), failing, one, place)
  await consume(resources(), failing, eventOf(1, { version: 2 }), place)
  const stranger = createVanishedWatch(resources(), 'reader', [older], 2)
  const own = createVanishedWatch(resources(), 'reader', [older, failing], 1)
  const turn = async () => {
    for (const watch of [stranger, stranger, own, own]) await watch()
    return (await letters()).length
  }
  advance(600)
  expect([await turn(), await turn()]).toEqual([0, 0])
  advance(600)
  expect([await turn(), await turn(), await turn()]).toEqual([0, 1, 1])
  expect((await letters()).map(({ data }) => data)).toEqual([
    { ...place, handler: 'gone', eventId: one.id, reason: 'no such handler' },
  ])
  expect(await database.sql`select position from parked`).toHaveLength(2)
})
