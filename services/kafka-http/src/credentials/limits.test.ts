import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { ask, password } from '../contract/stand.node.ts'
import { migrations } from '../migrations.node.ts'
import { applyWishes } from '../operate/apply-wishes.ts'
import { runServer } from '../run-door.node.ts'
import { openGateway } from '../test-stand.node.ts'

const rights = { produce: [], consume: [], all: ['*'] }
const user = (name: string, limits?: { requestsPerSecond?: number; bytesPerSecond?: number }) => ({
  ...rights,
  name,
  password,
  ...(limits && { limits }),
})

let database: TestDatabase
let gateway: ReturnType<typeof openGateway>
const apply = (...credentials: ReturnType<typeof user>[]) =>
  applyWishes(database.sql, () => new Date(), { topics: { red: 1 }, credentials })
beforeAll(async () => {
  database = await testDatabase({ name: 'kafka-http', migrations })
  await apply(user('free'), user('slow', { requestsPerSecond: 3 }), user('narrow', { bytesPerSecond: 2000 }))
  gateway = openGateway(database.url)
})
afterAll(async () => {
  await gateway.stop()
  await database.close()
})

const produceAs = async (name: string, bytes = 1) => {
  const response = await fetch(`${gateway.url}/produce`, {
    method: 'POST',
    body: JSON.stringify({ topic: 'red', value: 'x'.repeat(bytes) }),
    headers: { authorization: `Basic ${btoa(`${name}:${password}`)}` },
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  }
}

test('who asks too often is told when to come again, and others are not slowed', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => produceAs('slow')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThanOrEqual(8)
  expect(refused[0]).toMatchObject({
    retryAfter: '1',
    body: { result: 'Error', status: 429, error: expect.any(String) },
  })
  expect((await produceAs('free')).status).toBe(200)
  await Bun.sleep(1100)
  expect((await produceAs('slow')).status).toBe(200)
})

test('bytes are counted as they come and as they go', async () => {
  expect((await produceAs('narrow', 2500)).status).toBe(200)
  expect(await produceAs('narrow')).toMatchObject({ status: 429, retryAfter: '1' })
  await Bun.sleep(1300)
  const whole = { topic: 'red', partition: 0, offset: 0, timeout: 0 }
  await produceAs('free', 6000)
  expect((await ask(gateway, '/fetch', { body: whole, user: `narrow:${password}` })).status).toBe(200)
  const { status, retryAfter } = await produceAs('narrow')
  expect(status).toBe(429)
  expect(Number(retryAfter)).toBeGreaterThanOrEqual(2)
})

test('a limit that is taken away is gone within a second', async () => {
  await apply(user('slow'))
  await Bun.sleep(1100)
  const answers = await Promise.all(Array.from({ length: 10 }, () => produceAs('slow')))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
})

test("no password reaches the log, not even the webhook's, whatever happens to the call", async () => {
  const server = await runServer({ DATABASE_URL: database.url })
  const post = (query: string) =>
    fetch(`${server.url}/webhook?${query}&user=free&pass=${password}`, { method: 'POST', body: 'v' })
  expect((await post('topic=red')).status).toBe(200)
  expect((await post('topic=nowhere')).status).toBe(404)
  await database.ownerSql`alter table messages rename to hidden`
  expect((await post('topic=red')).status).toBe(500)
  await database.ownerSql`alter table hidden rename to messages`
  server.child.kill('SIGTERM')
  await server.child.exited
  const told = server.lines.join('\n')
  expect(told).toContain('request-failed')
  expect(told).not.toContain(password)
})
