import { afterAll, beforeAll, expect, test } from 'bun:test'
import { freePort, testDatabase } from '@kontora/testing'
import { migrations } from './migrations.node.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase({ name: 'client', migrations })
})
afterAll(() => database.close())

const start = (settings: Record<string, string>) =>
  Bun.spawn([process.execPath, `${import.meta.dir}/server.ts`], {
    env: { PATH: process.env.PATH, ...settings },
    stdout: 'pipe',
    stderr: 'pipe',
  })

const settled = async (url: string): Promise<Response> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return answer
    await Bun.sleep(100)
  }
  throw new Error('The service did not become ready')
}

test('before it heard a beat the service is ready but degraded, and a signal ends it in order', async () => {
  const port = await freePort()
  using kafka = Bun.serve({ port: 0, fetch: () => Response.json([]) })
  const server = start({
    ENVIRONMENT: 'local',
    PORT: String(port),
    DATABASE_URL: database.url,
    KAFKA_HTTP_URL: `http://127.0.0.1:${kafka.port}`,
    KAFKA_HTTP_USER: 'client',
    KAFKA_HTTP_PASSWORD: 'x',
    AUTH_ISSUER: 'http://127.0.0.1:9/auth',
    AUTH_JWKS_URL: 'http://127.0.0.1:9/auth/keys',
  })
  const ready = await settled(`http://127.0.0.1:${port}/health/ready`)
  expect(await ready.json()).toEqual({ status: 'degraded', degraded: ['access-feed'] })
  expect((await fetch(`http://127.0.0.1:${port}/v1/me`)).status).toBe(401)
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
}, 15_000)

test('wrong settings are all told by name, without a value, and end the start with 2', async () => {
  const server = start({ DATABASE_URL: 'mysql://secret@db', AUTH_ISSUER: 'x' })
  const fault = await new Response(server.stderr).text()
  expect(await server.exited).toBe(2)
  for (const name of ['DATABASE_URL', 'KAFKA_HTTP_URL', 'AUTH_ISSUER', 'AUTH_JWKS_URL'])
    expect(fault).toContain(name)
  expect(fault).not.toContain('secret')
})
