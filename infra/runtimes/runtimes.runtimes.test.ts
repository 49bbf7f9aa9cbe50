import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migration } from '@kontora/postgres/migrate'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { type ServiceName, services } from '../stack/secrets.ts'
import type { Running } from './run-service.ts'
import { startOutside } from './start-outside.ts'
import { startBun, startDeno, startWorkerd } from './start-service.ts'
import { testSettings } from './test-settings.ts'

const top = join(import.meta.dir, '../..')

/** An answer that only Postgres can have given: what a stranger has, or that he may not. */
const asked: Record<ServiceName, { path: string; status: number; body: object }> = {
  client: { path: '/v1/roles', status: 403, body: { type: '/problems/forbidden' } },
  auth: { path: '/.well-known/jwks.json', status: 200, body: { keys: expect.any(Array) } },
  notification: { path: '/v1/messages', status: 403, body: { type: '/problems/forbidden' } },
  documents: { path: '/v1/requests', status: 200, body: { items: [] } },
  payment: { path: '/v1/invoices', status: 200, body: { items: [] } },
}

const folder = mkdtempSync(join(tmpdir(), 'kontora-runtimes-'))
const outside = await startOutside()
afterAll(() => {
  outside.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** As if `auth` and `client` had just been heard; else what needs a permission is refused as unknown. */
const hearBeats = async ({ sql }: TestDatabase) => {
  const beatAt = new Date(Date.now() + 3_600_000)
  const rows = ['auth', 'client'].flatMap((topic) =>
    Array.from({ length: 6 }, (_, partition) => ({ topic, partition, beatAt })),
  )
  await sql`insert into access_feeds ${sql(rows)}`
}

const prepare = async (service: ServiceName) => {
  const { migrations } = (await import(join(top, 'services', service, 'src/migrations.node.ts'))) as {
    migrations: Migration[]
  }
  const database = await testDatabase({ name: service, migrations })
  await hearBeats(database)
  const place = { folder, databaseUrl: database.url, outsideUrl: outside.url }
  return { database, settings: await testSettings(service, place) }
}

/** A page is JSX, and what it may load is hashed by the runtime. */
const showsPages = async (service: ServiceName, url: string): Promise<void> => {
  const headers = { accept: 'text/html', 'accept-language': 'en' }
  const ask = (path: string) => fetch(`${url}${path}`, { headers, redirect: 'manual' })
  if (service === 'auth') {
    const wanted = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'payment', code_challenge_method: 'S256' },
      ...{ redirect_uri: `${outside.url}/payment/sign-in/callback`, code_challenge: 'A'.repeat(43) },
    })
    const page = await ask(`/v1/authorize?${wanted}`)
    expect(await page.text()).toContain('<h1>Sign in</h1>')
    expect(page.headers.get('content-security-policy')).toMatch(/style-src 'sha256-[\w+/]{43}='/)
  }
  if (service === 'payment')
    expect((await ask('/invoices')).headers.get('location')).toStartWith(`${outside.url}/auth/v1/authorize?`)
}

const untilReady = async ({ url, log }: Running): Promise<void> => {
  let answer = await fetch(`${url}/health/ready`)
  for (const until = Date.now() + 5_000; !answer.ok && Date.now() < until; await Bun.sleep(50))
    answer = await fetch(`${url}/health/ready`)
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}\n${log()}`)
}

/** Three times, for on workerd it is the second request that finds the connection of the first. */
const answersStranger = async (service: ServiceName, url: string): Promise<void> => {
  const { path, status, body } = asked[service]
  const headers = { authorization: `Bearer ${await outside.tokenOfStranger()}` }
  for (const _ of [1, 2, 3]) {
    const answer = await fetch(`${url}${path}`, { headers })
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status, body })
  }
  if (service !== 'auth') expect((await fetch(`${url}${path}`)).status).toBe(401)
}

for (const service of services)
  describe(service, () => {
    let database: TestDatabase
    let settings: Record<string, string>
    beforeAll(async () => {
      ;({ database, settings } = await prepare(service))
    })
    afterAll(() => database.close())

    test('workerd: is ready, answers from Postgres, runs its jobs and its relay by the cron trigger', async () => {
      const started = await startWorkerd({
        service,
        settings: { ...settings, KAFKA_HTTP_URL: outside.kafkaUrl },
        folder,
      })
      try {
        await untilReady(started)
        await answersStranger(service, started.url)
        await showsPages(service, started.url)
        expect(await (await fetch(started.cronUrl)).json()).toMatchObject({ outcome: 'ok' })
      } finally {
        await started.kill()
      }
    })

    test.each([
      ['Deno', startDeno],
      ['Bun', startBun],
    ] as const)('%s: is ready though Kafka is away, and answers from Postgres', async (_, start) => {
      const started = await start({ service, settings, folder })
      try {
        await untilReady(started)
        await answersStranger(service, started.url)
        await showsPages(service, started.url)
      } finally {
        await started.kill()
      }
    })
  })
