import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  authBeat,
  authKeyWithdrawn,
  clientBeat,
  createRelay,
  emit,
  openKafka,
  partitions,
} from '@kontora/events'
import { eventsMigrations } from '@kontora/events/migrations'
import { app } from '@kontora/kafka-http'
import { applyWishes } from '@kontora/kafka-http/apply'
import { migrations as gatewayMigrations } from '@kontora/kafka-http/migrations'
import { createResources } from '@kontora/kafka-http/resources'
import { connect, type Pool, transaction } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { accessFromTables, createAccessFeed } from './index.ts'
import { accessMigrations } from './migrations.node.ts'

const password = 'a-password-of-24-letters'
const chance = realChance()
const log = createLog('test', chance.now, () => {})

let databases: Record<'gateway' | 'auth' | 'client' | 'payment', TestDatabase>
let gateway: ReturnType<typeof openGateway>

const openGateway = (url: string) => {
  const settings = { DATABASE_URL: url, SESSION_TIMEOUT_MS: 10_000, GROUP_IDLE_LIMITS: [] }
  const resources = createResources(settings, { sql: connect(url), log })
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 255,
    fetch: (request) => app.fetch(request, resources),
  })
  const stop = async () => {
    resources.endWaits()
    await server.stop(true)
    await (resources.sql as Pool).end({ timeout: 1 })
  }
  return { kafka: openKafka({ url: server.url.origin, username: 'all', password }), stop }
}

beforeAll(async () => {
  const open = (name: string, ...migrations: URL[]) => testDatabase({ name, migrations })
  databases = {
    gateway: await testDatabase({ name: 'kafka-http', migrations: gatewayMigrations }),
    auth: await open('packages-access', eventsMigrations, accessMigrations),
    client: await open('packages-access', eventsMigrations, accessMigrations),
    payment: await open('packages-access', eventsMigrations, accessMigrations),
  }
  await applyWishes(databases.gateway.sql, chance.now, {
    topics: { auth: partitions, client: partitions, 'payment.dlq': partitions },
    credentials: [{ name: 'all', password, all: ['*'], produce: [], consume: [] }],
  })
  gateway = openGateway(databases.gateway.url)
})
afterAll(async () => {
  await gateway.stop()
  for (const database of Object.values(databases)) await database.close()
})

const startRelay = (service: 'auth' | 'client') => {
  const beat = service === 'auth' ? authBeat : clientBeat
  const { sql } = databases[service]
  const relay = createRelay({
    ...chance,
    service,
    holder: `${service}-0`,
    sql,
    kafka: gateway.kafka,
    log,
    beat,
  })
  relay.start()
  return relay
}

/** One replica of `payment`: only one of them hears an event, all of them have to know. */
const startReplica = (slot: string) => {
  const { sql } = databases.payment
  const feed = createAccessFeed({
    service: 'payment',
    slot,
    kafka: gateway.kafka,
    resources: { ...chance, sql, log },
  })
  for (const { start } of feed.background) start()
  const stop = () => Promise.all(feed.background.map((one) => one.stop()))
  return { ...feed, stop }
}

const until = async (isTrue: () => Promise<boolean>): Promise<number> => {
  const begun = performance.now()
  while (!(await isTrue())) {
    if (performance.now() - begun > 15_000) throw new Error('It did not come about in time')
    await Bun.sleep(10)
  }
  return performance.now() - begun
}

const withdraw = (keyId: string) =>
  transaction(databases.auth.sql, (tx) =>
    emit(tx, authKeyWithdrawn, { id: chance.newId(), subject: keyId, time: chance.now() }, { keyId }),
  )

test('a withdrawn key reaches every replica and the tables of the edge workers through kafka-http, also over a restart', async () => {
  const relays = [startRelay('auth'), startRelay('client')]
  const replicas = [startReplica('0'), startReplica('1')]
  const tables = accessFromTables(databases.payment.sql, chance.now)
  const readers = [...replicas.map(({ access }) => access), tables]
  await until(async () => (await tables.feedAgeMs()) < 5000)
  expect(await Promise.all(readers.map((reader) => reader.isWithdrawn('stolen')))).toEqual([
    false,
    false,
    false,
  ])
  await withdraw('stolen')
  for (const reader of readers) await until(() => reader.isWithdrawn('stolen'))
  expect(await Promise.all(readers.map((reader) => reader.isWithdrawn('other')))).toEqual([
    false,
    false,
    false,
  ])
  for (const replica of replicas) await replica.stop()
  await withdraw('stolen-while-away')
  const [restarted] = [startReplica('0')]
  expect(await restarted.access.isWithdrawn('stolen')).toBe(true)
  await until(() => restarted.access.isWithdrawn('stolen-while-away'))
  await restarted.stop()
  for (const relay of relays) await relay.stop()
}, 60_000)
