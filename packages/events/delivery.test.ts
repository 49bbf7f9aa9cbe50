import { afterAll, beforeAll, expect, test } from 'bun:test'
import { app } from '@kontora/kafka-http'
import { applyWishes } from '@kontora/kafka-http/apply'
import { migrations as gatewayMigrations } from '@kontora/kafka-http/migrations'
import { createResources } from '@kontora/kafka-http/resources'
import { connect, type Pool, type Sql, transaction } from '@kontora/postgres'
import { createLog } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { event } from './catalogue/event-type.ts'
import { createPosition, type Message } from './consume/position.ts'
import {
  createConsumer,
  createRelay,
  emit,
  type HeardBeat,
  type Kafka,
  on,
  openKafka,
  partitionOf,
  partitions,
} from './index.ts'
import { eventsMigrations } from './migrations.node.ts'

const moved = event('ledger.moved', v.object({ account: v.string(), version: v.number() }))
const beat = event('ledger.beat', v.object({}))
const password = 'a-password-of-24-letters'
const silent = createLog(
  'test',
  () => new Date(),
  () => {},
)
const real = { now: () => new Date(), newId: () => crypto.randomUUID() }

let gateway: TestDatabase
let ledger: TestDatabase
let reader: TestDatabase
let door: { kafka: Kafka; url: string; port: number; stop: () => Promise<void> }
/** Whether this call's answer is lost on its way: the gateway has done it, the caller never hears. */
let isLost: (path: string) => boolean = () => false

const openDoor = (port = 0) => {
  const settings = { DATABASE_URL: gateway.url, SESSION_TIMEOUT_MS: 10_000, GROUP_IDLE_LIMITS: [] }
  const resources = createResources(settings, { sql: connect(gateway.url), log: silent })
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    idleTimeout: 255,
    fetch: async (request) => {
      const { pathname } = new URL(request.url)
      if (!isLost(pathname)) return app.fetch(request, resources)
      // Without the caller's signal, as when the gateway dies between its commit and its answer.
      await app.fetch(
        new Request(request.url, { method: 'POST', headers: request.headers, body: await request.text() }),
        resources,
      )
      return new Response('lost', { status: 502 })
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  const stop = async () => {
    resources.endWaits()
    await server.stop(true)
    await (resources.sql as Pool).end({ timeout: 1 })
  }
  return { kafka: openKafka({ url, username: 'all', password }), url, port: server.port ?? 0, stop }
}

beforeAll(async () => {
  gateway = await testDatabase({ name: 'kafka-http', migrations: gatewayMigrations })
  ledger = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
  reader = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
  await ledger.ownerSql`create table accounts (account text primary key, version integer not null)`
  await reader.ownerSql`
    create table effects (position bigint generated always as identity, account text, version integer)`
  await applyWishes(gateway.sql, real.now, {
    topics: { ledger: partitions, 'ledger.dlq': partitions, 'reader.dlq': partitions, spare: partitions },
    credentials: [{ name: 'all', password, all: ['*'], produce: [], consume: [] }],
  })
  door = openDoor()
})
afterAll(async () => {
  await door.stop()
  for (const database of [reader, ledger, gateway]) await database.close()
})

const until = async (isTrue: () => Promise<boolean> | boolean, ms: number): Promise<void> => {
  const end = performance.now() + ms
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error('It did not come about in time')
    await Bun.sleep(20)
  }
}

const move = (account: string): Promise<number> =>
  transaction(ledger.sql, async (tx) => {
    const [row] = await tx<{ version: number }[]>`
      insert into accounts (account, version) values (${account}, 1)
      on conflict (account) do update set version = accounts.version + 1 returning version`
    const version = row?.version ?? 0
    await emit(
      tx,
      moved,
      { id: crypto.randomUUID(), subject: account, time: new Date() },
      { account, version },
    )
    return version
  })

type Resources = { sql: Sql; now: () => Date; newId: () => string }
const apply =
  (fails: (account: string, version: number) => boolean) =>
  async ({ sql }: Resources, _: unknown, { account, version }: { account: string; version: number }) => {
    await sql`insert into effects ${sql({ account, version })}`
    if (fails(account, version)) throw new Error('not this time')
  }

const effects = () =>
  reader.sql<{ account: string; version: number }[]>`select account, version from effects order by position`
const effectsOf = async (prefix: string) => {
  const byAccount = new Map<string, number[]>()
  for (const { account, version } of await effects())
    if (account.startsWith(prefix)) byAccount.set(account, [...(byAccount.get(account) ?? []), version])
  return byAccount
}
const accountsOf = async (prefix: string) =>
  new Map(
    (
      await ledger.sql<{ account: string; version: number }[]>`
        select account, version from accounts where account like ${`${prefix}%`} order by account`
    ).map(({ account, version }) => [account, Array.from({ length: version }, (_, i) => i + 1)]),
  )
/** The key of an event in these maps is its account and its version. */
const partitionOfKey = (key: string) => partitionOf(key.split(' ')[0] ?? '')
const sorted = <Value>(map: Map<string, Value>) => [...map].sort(([one], [other]) => one.localeCompare(other))

/** What belongs to one process: killed, it neither asks, nor hears, nor writes any more. */
const mortal = (url: string) => {
  const sql = connect(url, { max: 5 })
  let dead = false
  const never = new Promise<never>(() => {})
  const guard = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name)
        if (typeof value !== 'function') return value
        return async (...given: unknown[]) => {
          if (dead) return never
          const answer: unknown = await Reflect.apply(value, from, given)
          return dead ? never : answer
        }
      },
    })
  const kafka = {
    producer: () => guard(door.kafka.producer()),
    consumer: () => guard(door.kafka.consumer()),
    admin: () => guard(door.kafka.admin()),
  } as unknown as Kafka
  const kill = async () => {
    dead = true
    await sql.end({ timeout: 0 })
  }
  return { sql, kafka, kill }
}

const startRelay = (slot: number) => {
  const life = mortal(ledger.url)
  const relay = createRelay({
    ...real,
    service: 'ledger',
    holder: `ledger-${slot}`,
    sql: life.sql,
    kafka: life.kafka,
    log: silent,
    beat,
    beatMs: 100,
    sweepMs: 20,
  })
  relay.start()
  return { relay, kill: life.kill, stop: () => relay.stop().then(() => life.sql.end({ timeout: 1 })) }
}

type ReaderOptions = {
  group: string
  slot: number
  fails?: (account: string, version: number) => boolean
  onBeats?: (beats: HeardBeat[]) => Promise<void>
}
const startReader = ({ group, slot, fails = () => false, onBeats }: ReaderOptions) => {
  const life = mortal(reader.url)
  const consumer = createConsumer<Resources>({
    service: 'reader',
    group,
    instance: `${group}-${slot}`,
    topics: ['ledger'],
    kafka: life.kafka,
    resources: { ...real, sql: life.sql, log: silent },
    handlers: [on<Resources, typeof moved.schema>(`${group}-apply`, moved, apply(fails))],
    pollMs: 500,
    ...(onBeats && { onBeats }),
  })
  consumer.start()
  return { consumer, kill: life.kill, stop: () => consumer.stop().then(() => life.sql.end({ timeout: 1 })) }
}

/** mulberry32: one seed, one run of choices. */
const randomOf = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

test('of 8 writers nothing is lost, doubled or out of order, whoever is killed and whatever answer is lost', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`seed ${seed}`)
  const random = randomOf(seed)
  const tried = new Set<string>()
  const fails = (account: string, version: number) => {
    const isFirst = !tried.has(`${account} ${version}`)
    tried.add(`${account} ${version}`)
    return isFirst && version % 17 === 3
  }
  const committed = new Map<string, number>()
  const overtaken: string[] = []
  const onBeats = async (beats: HeardBeat[]) => {
    const known = await reader.sql<{ key: string }[]>`
      select account || ' ' || version as key from effects
      union all select (event -> 'data' ->> 'account') || ' ' || (event -> 'data' ->> 'version') from parked`
    const heard = new Set(known.map(({ key }) => key))
    for (const { partition, time } of beats)
      for (const [key, ms] of committed)
        if (ms < time.getTime() && partitionOfKey(key) === partition && !heard.has(key)) overtaken.push(key)
  }
  isLost = (path) => path.startsWith('/consume/') && random() < 0.02

  let relay = startRelay(0)
  const readers = [0, 1].map((slot) => startReader({ group: 'crowd', slot, fails, onBeats }))
  let writing = true
  const writers = Array.from({ length: 8 }, async () => {
    for (let i = 0; i < 60; i++) {
      const account = `crowd-${Math.floor(random() * 12)}`
      const version = await move(account)
      committed.set(`${account} ${version}`, Date.now())
    }
  })
  const killer = async () => {
    while (writing) {
      await Bun.sleep(100 + random() * 200)
      const victim = Math.floor(random() * 3)
      if (victim === 2) {
        await relay.kill()
        relay = startRelay(0)
      } else {
        await readers[victim]?.kill()
        readers[victim] = startReader({ group: 'crowd', slot: victim, fails, onBeats })
      }
    }
  }
  const killing = killer()
  await Promise.all(writers)
  await Bun.sleep(500)
  writing = false
  await killing
  isLost = () => false
  await until(async () => (await effects()).length >= 480, 40_000)
  await relay.stop()
  await Promise.all(readers.map(({ stop }) => stop()))
  expect(sorted(await effectsOf('crowd-'))).toEqual(sorted(await accountsOf('crowd-')))
  expect(overtaken).toEqual([])
  expect(await reader.sql`select position from parked`).toHaveLength(0)
}, 90_000)

const allPlaces = (topic: string) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
const committedOf = async (group: string, topic: string): Promise<number> => {
  const rows = await door.kafka
    .consumer()
    .committed({ consumerGroupId: group, instanceId: 'asks', topicPartitions: allPlaces(topic) })
  return rows.reduce((sum, { offset }) => sum + Math.max(offset, 0), 0)
}
const produce = (from: number, count: number) =>
  door.kafka
    .producer()
    .produceMany(
      Array.from({ length: count }, (_, i) => ({ topic: 'spare', partition: 0, value: String(from + i) })),
    )
const valuesOf = (messages: Message[]) => messages.map(({ value }) => Number(value))
const loseOnce = (start: string) => {
  isLost = (path) => {
    if (!path.startsWith(start)) return false
    isLost = () => false
    return true
  }
}

test('an answer that was lost is read again, in its order, when the next one leaves a gap', async () => {
  const position = createPosition(door.kafka, { group: 'gap', instance: 'gap-0', topics: ['spare'] })
  expect(await position.poll(50)).toEqual([])
  loseOnce('/consume/')
  await produce(0, 3)
  const lost = position.poll(3000)
  await Bun.sleep(700)
  await produce(3, 2)
  expect(await lost).toEqual([])
  const heard = await position.poll(3000)
  expect(valuesOf(heard)).toEqual([0, 1, 2, 3, 4])
  await position.commit(heard)
  await position.leave()
}, 20_000)

test('an answer that was lost with nothing behind it is found by the silence', async () => {
  const member = { group: 'silence', instance: 'silence-0', topics: ['spare'] }
  const position = createPosition(door.kafka, member, 1500)
  await position.commit(await position.poll(3000))
  loseOnce('/consume/')
  await produce(5, 2)
  let heard: Message[] = []
  for (let i = 0; heard.length === 0 && i < 20; i++) heard = await position.poll(500)
  expect(valuesOf(heard)).toEqual([5, 6])
  await position.commit(heard)
  await position.leave()
}, 20_000)

test('what was heard and not committed comes again', async () => {
  const position = createPosition(door.kafka, { group: 'again', instance: 'again-0', topics: ['spare'] })
  const first = valuesOf(await position.poll(3000))
  expect(first.length).toBeGreaterThan(5)
  position.forget()
  const again = await position.poll(3000)
  expect(valuesOf(again)).toEqual(first)
  await position.commit(again)
  expect(await committedOf('again', 'spare')).toBe(first.length)
  await position.leave()
}, 20_000)

test('a hole in the log is no loss: nobody joins again for it, neither at a gap nor in the silence', async () => {
  const joins: string[] = []
  isLost = (path) => {
    if (path.startsWith('/delete-consumer')) joins.push(path)
    return false
  }
  const position = createPosition(door.kafka, { group: 'hole', instance: 'hole-0', topics: ['spare'] }, 200)
  await position.commit(await position.poll(3000))
  const [first] = await produce(100, 6)
  const start = first?.offset ?? 0
  await gateway.sql`
    delete from messages where topic = 'spare' and message_offset < ${start + 3} or message_offset = ${start + 5}`
  const heard = await position.poll(3000)
  expect(valuesOf(heard)).toEqual([103, 104])
  await position.commit(heard)
  for (let i = 0; i < 3; i++) {
    await Bun.sleep(250)
    expect(await position.poll(50)).toEqual([])
  }
  expect(joins).toEqual([])
  isLost = () => false
  await position.leave()
}, 30_000)

test('what nobody can read, and an unknown version, become dead letters by their place', async () => {
  const one = startReader({ group: 'strict', slot: 0 })
  const right = {
    specversion: '1.0',
    id: crypto.randomUUID(),
    type: 'ledger.moved',
    source: 'ledger',
    subject: 'strict',
    time: new Date().toISOString(),
    dataschema: 'urn:kontora:ledger.moved:1',
    data: {},
  }
  const values = [
    'not json',
    '{"specversion":"1.0"}',
    JSON.stringify({ ...right, dataschema: 'urn:kontora:ledger.moved:2' }),
    JSON.stringify({ ...right, subject: 'a\u0000b' }),
  ]
  await door.kafka.producer().produceMany(values.map((value) => ({ topic: 'ledger', partition: 5, value })))
  const letters = () => reader.sql<{ data: { reason: string; handler: string; partition: number } }[]>`
    select data from outbox where topic = 'reader.dlq' order by position`
  await until(async () => (await letters()).length >= 4, 20_000)
  expect((await letters()).slice(-4).map(({ data }) => [data.reason, data.handler, data.partition])).toEqual([
    ['not an event', 'none', 5],
    ['not an event', 'none', 5],
    ['unknown version', 'strict-apply', 5],
    ['cannot be stored', 'strict-apply', 5],
  ])
  await until(async () => (await committedOf('strict', 'ledger')) > 0, 5000)
  await one.stop()
}, 40_000)

test('going down is quick while a poll waits, and the place is free for another at once', async () => {
  const relay = startRelay(0)
  const first = startReader({ group: 'swift', slot: 0 })
  await move('swift-a')
  await until(async () => (await effectsOf('swift-')).has('swift-a'), 20_000)
  const began = performance.now()
  await first.stop()
  // A poll may take 30 s.
  expect(performance.now() - began).toBeLessThan(10_000)
  const second = startReader({ group: 'swift', slot: 1 })
  await move('swift-b')
  await until(async () => (await effectsOf('swift-')).has('swift-b'), 3000)
  await second.stop()
  await relay.stop()
}, 40_000)

test('a gateway that restarts loses and doubles nothing, and nobody has to be started again', async () => {
  const relay = startRelay(0)
  const one = startReader({ group: 'restart', slot: 0 })
  await move('restart-a')
  await until(async () => (await effectsOf('restart-')).size === 1, 20_000)
  const { port } = door
  await door.stop()
  await move('restart-a')
  await move('restart-b')
  door = openDoor(port)
  const all = async () => [...(await effectsOf('restart-')).values()].flat().length >= 3
  await until(all, 20_000)
  expect(sorted(await effectsOf('restart-'))).toEqual(sorted(await accountsOf('restart-')))
  await one.stop()
  await relay.stop()
}, 60_000)
