import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { event } from '../catalogue/event-type.ts'
import { createRelay, emit, type Kafka, partitionOf, partitions } from '../index.ts'
import { eventsMigrations } from '../migrations.node.ts'

const moved = event('ledger.moved', v.object({ version: v.number() }))
type Sent = { partition: number; key: string; value: string; by: string }

let database: TestDatabase
let time = new Date('2026-11-23T09:00:00Z')
let sent: Sent[] = []
let produce: (messages: Sent[]) => Promise<unknown>
let atWork = new Map<number, number>()
let mostAtWork = 0

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
})
afterAll(() => database.close())
beforeEach(async () => {
  sent = []
  atWork = new Map()
  mostAtWork = 0
  produce = async () => []
  for (const table of ['outbox', 'relay_leases', 'relays'])
    await database.sql`delete from ${database.sql(table)}`
})

/** Keeps what it is given, and how many requests a partition has at once. */
const kafkaOf = (by: string) =>
  ({
    producer: () => ({
      produceMany: async (messages: Sent[]) => {
        const [{ partition } = { partition: -1 }] = messages
        const now = (atWork.get(partition) ?? 0) + 1
        atWork.set(partition, now)
        mostAtWork = Math.max(mostAtWork, now)
        sent.push(...messages.map((message) => ({ ...message, by })))
        try {
          return await produce(messages)
        } finally {
          atWork.set(partition, now - 1)
        }
      },
    }),
  }) as unknown as Kafka

const open = (holder: string, more: object = {}) => {
  const relay = createRelay({
    service: 'ledger',
    holder,
    sql: database.sql,
    kafka: kafkaOf(holder),
    now: () => time,
    newId: () => crypto.randomUUID(),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...more,
  })
  relay.start()
  return relay
}
const put = (subject: string, version: number) =>
  transaction(database.sql, (tx) => emit(tx, moved, { id: crypto.randomUUID(), subject, time }, { version }))
const until = async (isTrue: () => Promise<boolean> | boolean, ms = 5000): Promise<void> => {
  const end = performance.now() + ms
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error('It did not come about in time')
    await Bun.sleep(10)
  }
}
const versions = (key: string) =>
  sent
    .filter((one) => one.key === key)
    .map(({ value }) => (JSON.parse(value) as { data: { version: number } }).data.version)
const unsent = async () => (await database.sql`select id from outbox where sent_at is null`).length
const advance = (seconds: number) => {
  time = new Date(time.getTime() + seconds * 1000)
}
const tables = () => database.sql<{ holder: string; expiresAt: Date }[]>`
  select holder, expires_at from relay_leases order by topic, partition`

test('a partition whose request hangs keeps no other waiting, and in it nothing later goes', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<unknown>()
  produce = ([first]) => (first?.key === 'a' ? answered : Promise.resolve([]))
  const relay = open('ledger-0')
  await put('a', 1)
  await until(() => versions('a').length === 1)
  await put('a', 2)
  for (let version = 1; version <= 3; version++) await put('b', version)
  await until(async () => versions('b').length === 3 && (await unsent()) === 2)
  expect(versions('a')).toEqual([1])
  answer([])
  await until(async () => (await unsent()) === 0)
  expect(versions('a')).toEqual([1, 2])
  expect(mostAtWork).toBe(1)
  await relay.stop()
})

test('a lease is renewed while a request takes long', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<unknown>()
  produce = () => answered
  const relay = open('ledger-0')
  await put('a', 1)
  await until(() => sent.length === 1)
  for (let i = 0; i < 2; i++) {
    advance(20)
    await until(async () =>
      (await tables()).every(({ expiresAt }) => expiresAt.getTime() > time.getTime() + 20_000),
    )
  }
  answer([])
  await until(async () => (await unsent()) === 0)
  expect(versions('a')).toEqual([1])
  await relay.stop()
})

test('a call that is not answered in time is abandoned and sent again before anything later', async () => {
  const { promise: never } = Promise.withResolvers<unknown>()
  const answers = [never]
  produce = () => answers.shift() ?? Promise.resolve([])
  const relay = open('ledger-0', { answerMs: 200, sweepMs: 50 })
  await put('a', 1)
  await until(() => sent.length === 1)
  await put('a', 2)
  await until(async () => (await unsent()) === 0)
  expect(versions('a')).toEqual([1, 1, 2])
  await relay.stop()
})

test('what commits late, in front of a request that is on its way, is neither lost nor overtaken', async () => {
  const fill = (from: number) =>
    transaction(database.sql, async (tx) => {
      for (let i = 0; i < 1200; i++)
        await emit(tx, moved, { id: crypto.randomUUID(), subject: 'a', time }, { version: from + i })
    })
  const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>()
  const { promise: inserted, resolve: isInserted } = Promise.withResolvers<void>()
  const late = transaction(database.sql, async (tx) => {
    await emit(tx, moved, { id: crypto.randomUUID(), subject: 'c', time }, { version: 1 })
    isInserted()
    await mayCommit
  })
  await inserted
  await fill(0)
  let isFirst = true
  produce = async () => {
    if (!isFirst) return []
    isFirst = false
    commit()
    await late
    await put('c', 2)
    return []
  }
  const relay = open('ledger-0')
  await until(async () => (await unsent()) === 0)
  expect(versions('c')).toEqual([1, 2])
  expect(versions('a')).toEqual(Array.from({ length: 1200 }, (_, i) => i))
  expect(partitionOf('c')).toBe(partitionOf('a'))
  await relay.stop()
})

test('two relays of one service share its partitions, and the one that stays takes over from the one that goes', async () => {
  time = new Date()
  const real = { now: () => new Date() }
  const one = open('ledger-0', real)
  await until(async () => (await tables()).length === 2 * partitions)
  const two = open('ledger-1', real)
  const holders = async (holder: string) => (await tables()).filter((row) => row.holder === holder).length
  await until(async () => (await holders('ledger-1')) === partitions)
  expect(await holders('ledger-0')).toBe(partitions)
  for (let i = 0; i < 12; i++) for (const version of [1, 2, 3]) await put(`k${i}`, version)
  await until(async () => (await unsent()) === 0)
  expect(new Set(sent.map(({ by }) => by))).toEqual(new Set(['ledger-0', 'ledger-1']))
  for (let i = 0; i < 12; i++) expect(versions(`k${i}`)).toEqual([1, 2, 3])
  await one.stop()
  await until(async () => (await holders('ledger-1')) === 2 * partitions)
  await put('k0', 4)
  await put('k1', 4)
  await until(() => versions('k0').length === 4 && versions('k1').length === 4)
  await two.stop()
  expect(await database.sql`select holder from relays`).toHaveLength(0)
}, 20_000)

test('who commits what another relay sends tells him so, and nobody else', async () => {
  time = new Date()
  const real = { now: () => new Date() }
  const heard: string[] = []
  const { unlisten } = await database.sql.listen('relay', (place) => void heard.push(place))
  const one = open('ledger-0', real)
  await until(async () => (await tables()).length === 2 * partitions)
  await put('a', 1)
  await until(async () => (await unsent()) === 0)
  expect(heard).toEqual([])
  const two = open('ledger-1', real)
  await until(async () => new Set((await tables()).map(({ holder }) => holder)).size === 2)
  await put('a', 2)
  await until(() => heard.length > 0)
  expect(new Set(heard)).toEqual(new Set([`ledger ${partitionOf('a')}`]))
  await until(async () => (await unsent()) === 0)
  await Promise.all([one.stop(), two.stop()])
  await unlisten()
}, 20_000)
