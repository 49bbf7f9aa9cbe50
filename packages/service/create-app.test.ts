import { expect, test } from 'bun:test'
import { connect as connectSocket } from 'node:net'
import { connect, type Sql } from '@kontora/postgres'
import { HTTPException } from 'hono/http-exception'
import { createApp, createHealth, createLog, currentTrace, Problem, realChance } from './index.ts'

const lines: string[] = []
const chance = realChance()
const nowhere = connect('postgres://a:b@127.0.0.1:1/none', { max: 1, connectTimeoutSeconds: 1 })
const resources = (sql: Sql = nowhere) => ({
  ...chance,
  sql,
  log: createLog('test', chance.now, (line) => lines.push(line)),
  health: createHealth(),
})

const app = createApp<ReturnType<typeof resources>>({ title: 'Test', description: 'Test' })
app.get('/things/:id', (c) => c.json({ trace: currentTrace()?.traceId }))
app.delete('/things/:id', (c) => c.body(null, 204))
app.post('/things', async (c) => c.text(await c.req.text()))
app.get('/bug', () => {
  throw new Error('password=secret')
})
app.get('/problem', () => {
  throw new Problem('too-many-requests', 'Slower', { retryAfterSeconds: 7, left: 0 })
})
app.get('/http', () => {
  throw new HTTPException(400, { message: 'secret' })
})
app.get('/database', async (c) => c.json([...(await c.env.sql`select 1`)]))

test('a path under another method is 405 with what is allowed, an unknown path 404, both as problems', async () => {
  const wrong = await app.request('/things/5', { method: 'PUT' }, resources())
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD'])
  expect(wrong.headers.get('content-type')).toBe('application/problem+json')
  const unknown = await app.request('/nothing/here', {}, resources())
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    { type: '/problems/not-found', title: 'There is nothing at this address', status: 404 },
  ])
  expect((await app.request('/things/5', { method: 'HEAD' }, resources())).status).toBe(200)
})

test('a bug is answered without a word of it and logged by its name and place alone', async () => {
  lines.length = 0
  const answer = await app.request('/bug', {}, resources())
  const body = await answer.json()
  expect([answer.status, body.title]).toEqual([500, 'Something went wrong'])
  expect(JSON.stringify(body)).not.toContain('secret')
  const [fault = ''] = lines.filter((line) => line.includes('request-failed'))
  expect(JSON.parse(fault)).toMatchObject({ level: 'error', error: 'Error', traceId: body.traceId })
  expect(lines.join()).not.toContain('secret')
})

test("a problem carries its status, its details and Retry-After; Hono's own refusals stay refusals", async () => {
  const problem = await app.request('/problem', {}, resources())
  expect([problem.status, problem.headers.get('retry-after'), await problem.json()]).toEqual([
    429,
    '7',
    { type: '/problems/too-many-requests', title: 'Slower', status: 429, left: 0 },
  ])
  const http = await app.request('/http', {}, resources())
  expect(http.status).toBe(400)
  expect(await http.text()).not.toContain('secret')
})

test('a database that is away is 503 and makes the service unready, not dead', async () => {
  const answer = await app.request('/database', {}, resources())
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await app.request('/health/live', {}, resources())).status).toBe(200)
  const ready = await app.request('/health/ready', {}, resources())
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'down', degraded: ['postgres'] }])
})

test('ready is told from degraded, from old migrations, from migrations that cannot be read and from going down', async () => {
  const sql = (async () => []) as unknown as Sql
  const ask = async (change: (health: ReturnType<typeof createHealth>) => void) => {
    const own = resources(sql)
    change(own.health)
    const answer = await app.request('/health/ready', {}, own)
    return [answer.status, ((await answer.json()) as { degraded: string[] }).degraded]
  }
  const throws = () => {
    throw new Error('changed')
  }
  expect(await ask(() => {})).toEqual([200, []])
  expect(
    await ask(({ checks }) =>
      checks.push({ name: 'kafka', isWell: throws }, { name: 's3', isWell: () => true }),
    ),
  ).toEqual([200, ['kafka']])
  expect(await ask((health) => Object.assign(health, { migrationsCurrent: () => false }))).toEqual([
    503,
    ['migrations'],
  ])
  expect(await ask((health) => Object.assign(health, { migrationsCurrent: throws }))).toEqual([
    503,
    ['migrations'],
  ])
  expect(await ask((health) => Object.assign(health, { draining: true }))).toEqual([503, ['draining']])
})

test('a body above 1 MiB is refused before it is read whole', async () => {
  const big = await app.request('/things', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }, resources())
  expect(big.status).toBe(413)
  const fits = await app.request('/things', { method: 'POST', body: 'x'.repeat(1024) }, resources())
  expect(fits.status).toBe(200)
})

test('a request has one line, with the pattern of its path and a trace of its own that links to the caller’s', async () => {
  lines.length = 0
  const traceId = 'a'.repeat(32)
  const answer = await app.request(
    '/things/ivan@example.org?token=secret',
    { headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } },
    resources(),
  )
  const { trace } = (await answer.json()) as { trace: string }
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'request', route: '/things/:id', status: 200, traceId: trace, link: traceId },
  ])
  expect(trace).not.toBe(traceId)
  expect(lines.join()).not.toMatch(/ivan|secret/)
})

test('a type error is logged with its message only where the message is our own source', () => {
  const messages: string[] = []
  const log = createLog('test', chance.now, (line) => messages.push(line))
  const faultOf = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      log.error('fault', {}, error)
    }
  }
  faultOf(() => (undefined as unknown as { field: { name: string } }).field.name)
  faultOf(() => new Headers({ authorization: 'Bearer \nsecret' }))
  faultOf(() => new URL('secret', 'secret'))
  faultOf(() => JSON.parse('secret'))
  expect(messages).toHaveLength(4)
  expect(messages[0]).toContain('"message":"')
  expect(messages.join()).not.toContain('secret')
})

test('who breaks off in the middle of a body makes no fault in the log', async () => {
  lines.length = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => app.fetch(request, resources()),
  })
  const head = 'POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{'
  const socket = connectSocket(server.port ?? 0, '127.0.0.1', () => socket.write(head))
  await Bun.sleep(50)
  socket.destroy()
  while (!lines.some((line) => line.includes('"event":"request"'))) await Bun.sleep(10)
  await server.stop(true)
  expect(lines.filter((line) => line.includes('request-failed'))).toEqual([])
  expect(lines.join()).toContain('"status":400')
})
