import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { event } from '../catalogue/event-type.ts'
import { createRelay, emit, type Kafka, partitionOf, partitions } from '../index.ts'
import { eventsMigrations } from '../migrations.node.ts'

const moved = event('ledger.moved', v.object({ version: v.number(), note: v.optional(v.string()) }))
const beat = event('ledger.beat', v.object({}))

type Sent = { topic: string; partition: number; key: string; value: string }
let database: TestDatabase
let requests: Sent[][] = []
let produce: (messages: Sent[]) => Promise<unknown>
let time = new Date('2026-11-23T09:00:00Z')

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
})
afterAll(() => database.close())
beforeEach(async () => {
  requests = []
  produce = async () => []
  for (const table of ['outbox', 'inbox', 'relay_leases', 'relays'])
    await database.sql`delete from ${database.sql(table)}`
})

/** A door that keeps what it was given and answers as the test says. */
const kafka = {
  producer: () => ({
    produceMany: async (messages: Sent[]) => {
      requests.push(messages)
      return produce(messages)
    },
  }),
} as unknown as Kafka

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const open = (holder: string, more: object = {}) =>
  createRelay({
    service: 'ledger',
    holder,
    sql: database.sql,
    kafka,
    now: () => time,
    newId: () => crypto.randomUUID(),
    log: silent,
    ...more,
  })

const put = (subject: string, version: number, note?: string) =>
  transaction(database.sql, (tx) =>
    emit(tx, moved, { id: crypto.randomUUID(), subject, time }, { version, ...(note && { note }) }),
  )
const advance = (seconds: number) => {
  time = new Date(time.getTime() + seconds * 1000)
}
const eventsOf = (messages: Sent[] = []) =>
  messages.map(
    ({ value }) =>
      JSON.parse(value) as { type: string; subject: string; data: { version: number }; time: string },
  )
const versionsOf = (messages: Sent[] = []) => eventsOf(messages).map(({ data }) => data.version)
const unsent = async () => (await database.sql`select id from outbox where sent_at is null`).length

test('what is in the outbox goes once, as CloudEvents, keyed by its aggregate, and is marked', async () => {
  await put('a', 1)
  await put('b', 1)
  await put('a', 2)
  const relay = open('ledger-0')
  await relay.round()
  await relay.round()
  const places = requests.map((messages) =>
    messages.map(({ topic, key, partition }) => [topic, key, partition]),
  )
  expect(places.sort()).toEqual([
    [
      ['ledger', 'a', partitionOf('a')],
      ['ledger', 'a', partitionOf('a')],
    ],
    [['ledger', 'b', partitionOf('b')]],
  ])
  expect(eventsOf(requests.flat()).find(({ subject }) => subject === 'a')).toMatchObject({
    specversion: '1.0',
    type: 'ledger.moved',
    source: 'ledger',
    subject: 'a',
    time: time.toISOString(),
    dataschema: 'urn:kontora:ledger.moved:1',
    data: { version: 1 },
  } as never)
  expect(await unsent()).toBe(0)
})

test('what was not acknowledged is sent again, before anything later', async () => {
  await put('a', 1)
  const relay = open('ledger-0')
  produce = () => Promise.reject(new Error('away'))
  await expect(relay.round()).rejects.toThrow('away')
  expect(await unsent()).toBe(1)
  await put('a', 2)
  produce = async () => []
  await relay.round()
  expect(versionsOf(requests[1])).toEqual([1, 2])
})

test('more than one request takes goes in several, in order, and a beat only behind the last', async () => {
  const rows = Array.from({ length: 1100 }, (_, i) => i)
  const subjectOf = (version: number) => (version % 2 === 0 ? 'a' : 'c')
  expect(partitionOf('a')).toBe(partitionOf('c'))
  await transaction(database.sql, async (tx) => {
    for (const version of rows)
      await emit(tx, moved, { id: crypto.randomUUID(), subject: subjectOf(version), time }, { version })
  })
  const relay = open('ledger-0', { beat })
  expect([await relay.round(), await relay.round(), await relay.round()]).toEqual([true, true, false])
  const own = requests.filter(([first]) => first?.partition === partitionOf('a'))
  const types = own.map((messages) => new Set(eventsOf(messages).map(({ type }) => type)))
  expect(types.map((set) => set.has('ledger.beat'))).toEqual([false, false, true])
  expect(own.flatMap((messages) => versionsOf(messages)).slice(0, -1)).toEqual(rows)
  expect(eventsOf(own[2]).at(-1)?.type).toBe('ledger.beat')
})

test('large events go in requests that the gateway takes', async () => {
  for (let version = 1; version <= 5; version++) await put('a', version, 'x'.repeat(150_000))
  const relay = open('ledger-0')
  for (let more = true; more; ) more = await relay.round()
  expect(requests.flatMap((messages) => versionsOf(messages))).toEqual([1, 2, 3, 4, 5])
  for (const messages of requests) expect(JSON.stringify(messages).length).toBeLessThan(1024 * 1024)
})

test('a beat stands in every partition, dated before the outbox was read, and no more than each second', async () => {
  const relay = open('ledger-0', { beat })
  await relay.round()
  expect(
    requests
      .flat()
      .map(({ partition }) => partition)
      .sort(),
  ).toEqual([0, 1, 2, 3, 4, 5])
  expect(new Set(eventsOf(requests.flat()).map((one) => one.time))).toEqual(new Set([time.toISOString()]))
  await relay.round()
  expect(requests).toHaveLength(partitions)
  advance(1)
  const asked = time.toISOString()
  produce = async () => advance(3)
  await relay.round()
  expect(new Set(eventsOf(requests.slice(partitions).flat()).map((one) => one.time))).toEqual(
    new Set([asked]),
  )
})

test('another holder waits for the lease to end; one that starts under the same name takes over at once', async () => {
  await open('ledger-0').round()
  await put('a', 1)
  const other = open('ledger-1')
  await other.round()
  expect(requests).toHaveLength(0)
  await open('ledger-0').round()
  expect(versionsOf(requests[0])).toEqual([1])
  await put('a', 2)
  advance(31)
  await other.round()
  expect(versionsOf(requests[1])).toEqual([2])
})

test('one who has lost his lease while he sent marks nothing, and the new one sends it again first', async () => {
  await put('a', 1)
  const old = open('ledger-0')
  let successor: ReturnType<typeof open> | undefined
  produce = async () => {
    produce = async () => []
    successor = open('ledger-0')
    await put('b', 1)
    await successor.round()
  }
  await old.round()
  const keys = () => requests.map((messages) => messages.map(({ key }) => key).join())
  expect(keys().slice(1).sort()).toEqual(['a', 'b'])
  await put('a', 2)
  await old.round()
  expect(keys()[0]).toBe('a')
  expect(requests).toHaveLength(3)
  await successor?.round()
  expect(versionsOf(requests[3])).toEqual([2])
})

test('two that live under one name do not take it from each other for ever', async () => {
  const [one, two] = [open('ledger-0'), open('ledger-0')]
  await one.round()
  await two.round()
  const epochs = async () => (await database.sql`select max(epoch) as epoch from relay_leases`)[0]
  const before = await epochs()
  for (let version = 1; version <= 5; version++) {
    await put('a', version)
    advance(1)
    await one.round()
    await two.round()
  }
  expect(await epochs()).toEqual(before as never)
  expect(requests.flatMap((messages) => versionsOf(messages))).toEqual([1, 2, 3, 4, 5])
})

test('who goes down gives back what is his, and not what another has taken under his name', async () => {
  const old = open('ledger-0')
  await old.round()
  const successor = open('ledger-0')
  await successor.round()
  await old.stop()
  const stranger = open('ledger-1')
  await put('a', 1)
  await stranger.round()
  expect(requests).toHaveLength(0)
  await successor.stop()
  advance(2)
  await stranger.round()
  expect(versionsOf(requests[0])).toEqual([1])
})

test('a commit in this process wakes the relay at once', async () => {
  const relay = open('ledger-0', { sweepMs: 60_000 })
  relay.start()
  await Bun.sleep(50)
  await put('a', 1)
  await Bun.sleep(50)
  await relay.stop()
  expect(versionsOf(requests[0])).toEqual([1])
})

test('a long outbox that was sent slows nothing down', async () => {
  await database.sql`
    insert into outbox (id, topic, partition, type, version, subject, time, data, sent_at)
    select ('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, 'ledger', g % 6, 'ledger.moved', 1, 'a', ${time}, '{}', ${time}
    from generate_series(1, 20000) g`
  await put('a', 1)
  const began = performance.now()
  await open('ledger-0').round()
  expect(performance.now() - began).toBeLessThan(3000)
  expect(versionsOf(requests[0])).toEqual([1])
})

test('what was sent or handled long ago is forgotten, what waits is not', async () => {
  const { sql } = database
  await put('a', 1)
  const relay = open('ledger-0')
  await relay.round()
  await sql`insert into inbox (handler, event_id, handled_at) values ('x', ${crypto.randomUUID()}, ${time})`
  await put('b', 2)
  advance(31 * 86_400)
  produce = () => Promise.reject(new Error('away'))
  await expect(open('ledger-0').round()).rejects.toThrow('away')
  const left = async () => [
    (await sql`select id from outbox`).length,
    (await sql`select event_id from inbox`).length,
  ]
  expect(await left()).toEqual([2, 1])
  produce = async () => []
  await open('ledger-0').round()
  expect(await left()).toEqual([1, 1])
  advance(7 * 86_400)
  await open('ledger-0').round()
  expect(await left()).toEqual([1, 0])
})
