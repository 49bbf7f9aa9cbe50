import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKafka, partitionOf } from '@kontora/events'
import type { Migration } from '@kontora/postgres/migrate'
import { freePort, type TestDatabase, testDatabase } from '@kontora/testing'
import { topicsAndCredentials } from '../stack/kafka-topics.ts'
import { type Running, runService } from './run-service.ts'
import { startOutside } from './start-outside.ts'
import { startWorkerd } from './start-service.ts'
import { testSettings } from './test-settings.ts'

// A real worker under workerd hears what is written at a real kafka-http.

const top = join(import.meta.dir, '../..')
const folder = mkdtempSync(join(tmpdir(), 'kontora-push-'))
const outside = await startOutside()
const password = 'a-password-of-this-test'
const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
const secret = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`

const databaseOf = async (service: string): Promise<TestDatabase> => {
  const { migrations } = (await import(join(top, 'services', service, 'src/migrations.node.ts'))) as {
    migrations: Migration[]
  }
  return testDatabase({ name: service, migrations })
}

const startKafkaHttp = async (url: string, port: number, target: string): Promise<Running> => {
  const push = { ENVIRONMENT: 'local', PUSH_TARGETS: target, PUSH_KEY: key }
  const env = { DATABASE_URL: url, ...push, PORT: String(port), HOST: '127.0.0.1' }
  const subscription = { name: 'auth', topics: ['auth', 'client'], group: 'auth', target, secrets: [secret] }
  const wishes = { ...topicsAndCredentials(() => password), push: [subscription] }
  const apply = Bun.spawn([process.execPath, 'services/kafka-http/src/cli.ts', 'apply'], {
    cwd: top,
    env,
    stdin: new TextEncoder().encode(JSON.stringify(wishes)),
    stdout: 'ignore',
  })
  expect(await apply.exited).toBe(0)
  return runService([process.execPath, 'services/kafka-http/src/server.ts'], env, top, port)
}

let gateway: TestDatabase
let auth: TestDatabase
let worker: Awaited<ReturnType<typeof startWorkerd>>
let kafkaHttp: Running
let kafkaUrl: string
beforeAll(async () => {
  gateway = await databaseOf('kafka-http')
  auth = await databaseOf('auth')
  const port = await freePort()
  kafkaUrl = `http://127.0.0.1:${port}`
  const settings = await testSettings('auth', { folder, databaseUrl: auth.url, outsideUrl: outside.url })
  const kafka = { KAFKA_HTTP_URL: kafkaUrl, KAFKA_HTTP_PASSWORD: password }
  worker = await startWorkerd({
    service: 'auth',
    settings: { ...settings, ...kafka, PUSH_SECRETS: `${secret},${secret}` },
    folder,
  })
  kafkaHttp = await startKafkaHttp(gateway.url, port, `${worker.url}/events`)
}, 60_000)
afterAll(async () => {
  for (const running of [kafkaHttp, worker]) await running?.kill()
  for (const database of [gateway, auth]) await database?.close()
  outside.stop()
  rmSync(folder, { recursive: true, force: true })
})

const write = (type: string, subject: string, data: object) => {
  const envelope = {
    ...{ specversion: '1.0', id: crypto.randomUUID(), type, source: 'client', subject },
    ...{ time: new Date().toISOString(), dataschema: `urn:kontora:${type}:1`, data },
  }
  const message = { partition: partitionOf(subject), key: subject }
  return openKafka({ url: kafkaUrl, username: 'client', password })
    .producer()
    .produce('client', envelope, message)
}

const until = async (isTrue: () => Promise<boolean>, ms = 10_000): Promise<void> => {
  for (const end = performance.now() + ms; !(await isTrue()); await Bun.sleep(2))
    if (performance.now() > end) throw new Error(`It did not come about in time\n${worker.log()}`)
}

test('an event that is written reaches the worker by a push, within milliseconds, and is handled once', async () => {
  const delays: number[] = []
  for (let i = 0; i < 6; i++) {
    const userId = crypto.randomUUID()
    const began = performance.now()
    await write('client.user-blocked', userId, { userId, version: 1 })
    const blocked = async () =>
      (await auth.sql`select user_id from access_blocks where user_id = ${userId} and blocked`).length === 1
    await until(blocked)
    delays.push(performance.now() - began)
  }
  const warm = delays.slice(1).sort((one, other) => one - other)
  console.log(`from the write to the effect: ${delays.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`)
  // No trigger and no poll is as quick, on a busy machine neither.
  expect(warm[2]).toBeLessThan(2000)
  await until(async () => (await auth.sql`select event_id from inbox`).length === 12)
  const rows = await auth.sql<{ handler: string; n: number }[]>`
    select handler, count(*)::integer as n from inbox group by handler order by handler`
  expect([...rows]).toEqual([
    { handler: 'access-block', n: 6 },
    { handler: 'end-sessions-of-blocked', n: 6 },
  ])
}, 30_000)

test('a beat that is pushed keeps the access feed young', async () => {
  await write('client.beat', '0', {})
  await until(
    async () => (await auth.sql`select beat_at from access_feeds where topic = 'client'`).length === 1,
  )
})

test('what could not be handled waits parked, and the cron trigger tries it again', async () => {
  const userId = crypto.randomUUID()
  await write('client.user-unblocked', userId, { userId })
  const attempts = async () =>
    (
      await auth.sql<{ attempts: number }[]>`
        select attempts from parked where handler = 'access-unblock' and key = ${userId}`
    )[0]?.attempts
  await until(async () => (await attempts()) === 1)
  await Bun.sleep(1100)
  expect(await (await fetch(worker.cronUrl)).json()).toMatchObject({ outcome: 'ok' })
  await until(async () => (await attempts()) === 2)
}, 20_000)

test('who has no secret is refused', async () => {
  const answer = await fetch(`${worker.url}/events`, { method: 'POST', body: '[]' })
  expect(answer.status).toBe(400)
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    'webhook-signature': `v1,${btoa('a'.repeat(32))}`,
  }
  const forged = await fetch(`${worker.url}/events`, { method: 'POST', body: '[]', headers })
  expect(forged.status).toBe(401)
})
