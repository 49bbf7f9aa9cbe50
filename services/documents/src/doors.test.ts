import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openFiles } from '@kontora/files'
import { freePort } from '@kontora/testing'
import { openTestStand, type TestStand } from './open-test-stand.node.ts'

let stand: TestStand
beforeAll(async () => {
  stand = await openTestStand()
}, 60_000)
afterAll(() => stand.close())

const nobody = 'http://127.0.0.1:1'

const environment = (port: number) => ({
  PATH: process.env.PATH,
  ENVIRONMENT: 'local',
  PORT: String(port),
  DATABASE_URL: stand.database.url,
  KAFKA_HTTP_URL: nobody,
  KAFKA_HTTP_USER: 'documents',
  KAFKA_HTTP_PASSWORD: 'secret-of-kafka',
  AUTH_ISSUER: nobody,
  AUTH_JWKS_URL: nobody,
  AUTH_TOKEN_URL: nobody,
  MACHINE_KEY: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) }),
  CLIENT_URL: nobody,
  PORTAL_URL: nobody,
  S3_ENDPOINT: nobody,
  S3_REGION: 'us-east-1',
  S3_BUCKET: 'documents',
  S3_ACCESS_KEY: 'a',
  S3_SECRET_KEY: 'secret-of-s3',
})

const start = (env: Record<string, string | undefined>) =>
  Bun.spawn([process.execPath, `${import.meta.dir}/server.ts`], { env, stdout: 'pipe', stderr: 'pipe' })

const until = async <Result>(ask: () => Promise<Result | undefined>): Promise<Result> => {
  for (let i = 0; i < 100; i++) {
    const found = await ask().catch(() => undefined)
    if (found !== undefined) return found
    await Bun.sleep(100)
  }
  throw new Error('It did not come')
}

const readyAt = (port: number) =>
  until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`)
    return response.status === 200 ? ((await response.json()) as object) : undefined
  })

test('with Kafka and S3 away the server is ready and says what is degraded', async () => {
  await stand.sql`delete from access_feeds`
  const port = await freePort()
  const server = start(environment(port))
  try {
    expect(await readyAt(port)).toEqual({ status: 'degraded', degraded: ['s3', 'access-feed'] })
    expect((await fetch(`http://127.0.0.1:${port}/v1/requests`)).status).toBe(401)
  } finally {
    server.kill('SIGKILL')
  }
}, 30_000)

test('the server makes the bucket at its start, and ends in order', async () => {
  const kafka = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => Response.json([]) })
  const port = await freePort()
  const { accessKey, secretKey, endpoint } = stand.store
  const server = start({
    ...environment(port),
    KAFKA_HTTP_URL: kafka.url.origin,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
    S3_BUCKET: 'made-at-the-start',
  })
  try {
    await readyAt(port)
    const made = openFiles({ ...stand.store, bucket: 'made-at-the-start' })
    expect(await until(async () => ((await made.ready()) ? true : undefined))).toBe(true)
  } finally {
    server.kill('SIGTERM')
  }
  expect(await server.exited).toBe(0)
  const said = await new Response(server.stdout).text()
  expect(said).toContain('server-stopped')
  expect(said).not.toContain('secret')
  await kafka.stop(true)
}, 30_000)

test.each([
  ['MAX_UPLOAD_BYTES', { MAX_UPLOAD_BYTES: 'secret-value' }],
  ['ROBACK_URL', { ROBACK_ENABLED: 'true' }],
  ['ONEC_MAPPING', { ONEC_ENABLED: 'true', ONEC_MAPPING: '{"secret-value":1}' }],
  ['S3_ENDPOINT', { ENVIRONMENT: 'production' }],
])(
  'a wrong setting ends the start with 2 and names %s, not its value',
  async (name, wrong) => {
    const server = start({ ...environment(await freePort()), ...wrong })
    expect(await server.exited).toBe(2)
    const said = await new Response(server.stderr).text()
    expect(said).toContain(name)
    expect(said).not.toContain('secret-value')
  },
  30_000,
)

test('the worker bundles for the edge', async () => {
  const { success, outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/worker.ts`],
    target: 'browser',
    conditions: ['workerd', 'worker'],
    external: ['node:*', 'cloudflare:*'],
  })
  expect(success).toBe(true)
  const text = (await outputs[0]?.text()) ?? ''
  expect(text).not.toMatch(/\bBun\.(serve|file|spawn)/)
  expect(text).not.toContain('process.env.DATABASE_URL')
}, 60_000)
