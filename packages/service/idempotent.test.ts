import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Sql, transaction } from '@kontora/postgres'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { Text } from '@kontora/validation'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import {
  type BaseResources,
  createApp,
  createHealth,
  createLog,
  idempotent,
  Problem,
  realChance,
  validate,
} from './index.ts'
import { serviceMigrations } from './migrations.node.ts'

type Env = { Bindings: BaseResources; Variables: { user: { id: string } } }

let database: TestDatabase
let resources: BaseResources
const lines: string[] = []

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-service', migrations: [serviceMigrations] })
  await database.ownerSql`create table effects (id integer generated always as identity primary key, what text not null)`
  const chance = realChance()
  resources = {
    ...chance,
    sql: database.sql,
    log: createLog('test', chance.now, (line) => lines.push(line)),
    health: createHealth(),
  }
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.sql`delete from effects`
  await database.sql`delete from idempotency_keys`
})

/** Stands for the guard: the caller is who he says he is. */
const called = createMiddleware<Env>(async (c, next) => {
  c.set('user', { id: c.req.header('caller') ?? 'somebody' })
  await next()
})
const Body = v.strictObject({ what: Text(100) })

const put = ({ sql }: { sql: Sql }, what: string, waitMs = 0) =>
  transaction(sql, async (tx) => {
    const [row] = await tx<{ id: number }[]>`insert into effects (what) values (${what}) returning id`
    await tx`select pg_sleep(${waitMs / 1000})`
    return { id: row?.id ?? 0, what }
  })

const app = createApp<BaseResources>({ title: 'Test', description: 'Test' })
app.post('/quick', called as never, idempotent(), validate('json', Body), async (c) =>
  c.json(await put(c.env, c.req.valid('json').what), 201),
)
app.post('/slow/:ms', called as never, idempotent(), validate('json', Body), async (c) =>
  c.json(await put(c.env, c.req.valid('json').what, Number(c.req.param('ms'))), 201),
)
app.post('/refuses', called as never, idempotent(), validate('json', Body), async (c) => {
  await put(c.env, 'before the refusal')
  throw new Problem('conflict', 'Not now')
})
app.post('/breaks', called as never, idempotent(), async (c) => {
  await put(c.env, 'before the bug')
  throw new Error('a bug')
})
app.post('/nothing', called as never, idempotent(), async (c) => {
  await put(c.env, 'nothing to tell')
  return c.body(null, 204)
})
let made = 0
app.post(
  '/link',
  called as never,
  idempotent<BaseResources>({
    anew: async ({ sql }, kept) => {
      expect(sql).toBe(database.sql)
      return { ...kept, link: `secret-${++made}` }
    },
  }),
  validate('json', Body),
  async (c) => c.json(await put(c.env, c.req.valid('json').what), 201),
)

type Ask = { key?: string; body?: unknown; caller?: string }
const ask = (path: string, { key = 'k1', body = { what: 'a' }, caller = 'somebody' }: Ask = {}) =>
  app.request(
    path,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key, caller },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    resources,
  )
const effects = async () => (await database.sql`select id from effects`).length
const keys = async () => (await database.sql`select key from idempotency_keys`).length

test('a repeat gets the first answer, marked, and changes nothing', async () => {
  const first = await ask('/quick')
  const again = await ask('/quick')
  expect([first.status, again.status]).toEqual([201, 201])
  expect(await again.json()).toEqual(await first.json())
  expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
    null,
    'true',
  ])
  expect(await effects()).toBe(1)
})

test('an answer without a body is repeated as it was', async () => {
  expect((await ask('/nothing')).status).toBe(204)
  const again = await ask('/nothing')
  expect([again.status, await again.text()]).toEqual([204, ''])
  expect(await effects()).toBe(1)
})

test('another body under the same key is refused; another caller, route, query or key is another change', async () => {
  await ask('/quick')
  expect((await ask('/quick', { body: { what: 'b' } })).status).toBe(422)
  expect(await effects()).toBe(1)
  await ask('/quick', { caller: 'another' })
  await ask('/quick?x=1')
  await ask('/slow/0')
  await ask('/quick', { key: 'k2' })
  expect(await effects()).toBe(5)
})

test('the header is required, plain and short, and its value is not told back', async () => {
  const missing = await app.request('/quick', { method: 'POST', headers: { caller: 'x' } }, resources)
  expect(missing.status).toBe(400)
  for (const key of ['', 'k\u00e9y', 'secret'.repeat(100)]) {
    const answer = await ask('/quick', { key })
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain('secretsecret')
  }
})

test('of many at once one has the effect and all get its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/slow/150')))
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201))
  const bodies = await Promise.all(answers.map((answer) => answer.json()))
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed'))).toHaveLength(7)
  expect(await effects()).toBe(1)
})

test('a repeat that waits for the first gives up after 2 s with 409 and gets the answer later', async () => {
  const first = ask('/slow/2600')
  await Bun.sleep(100)
  const start = performance.now()
  const impatient = await ask('/slow/2600')
  expect(performance.now() - start).toBeGreaterThan(1900)
  expect([impatient.status, impatient.headers.get('retry-after')]).toEqual([409, '1'])
  expect(await impatient.json()).toMatchObject({ type: '/problems/in-progress' })
  expect((await first).status).toBe(201)
  expect((await ask('/slow/2600')).status).toBe(201)
  expect(await effects()).toBe(1)
}, 10_000)

test('a refusal, wrong input and a bug leave neither a key nor an effect', async () => {
  expect((await ask('/refuses')).status).toBe(409)
  expect((await ask('/refuses')).status).toBe(409)
  expect((await ask('/quick', { body: { what: '' } })).status).toBe(400)
  expect((await ask('/quick', { body: '{"what":' })).status).toBe(400)
  expect((await ask('/breaks')).status).toBe(500)
  expect([await effects(), await keys()]).toEqual([0, 0])
  expect((await ask('/quick')).status).toBe(201)
})

test('when the first of two at once fails, the second has the effect', async () => {
  const flaky = createApp<BaseResources>({ title: 'Test', description: 'Test' })
  let calls = 0
  flaky.post('/', called as never, idempotent(), async (c) => {
    const first = ++calls === 1
    const effect = await put(c.env, 'flaky', 150)
    if (first) throw new Problem('conflict', 'Not now')
    return c.json(effect, 201)
  })
  const init = { method: 'POST', headers: { 'idempotency-key': 'k1' }, body: '' }
  const answers = await Promise.all([
    flaky.request('/', init, resources),
    flaky.request('/', init, resources),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(await effects()).toBe(1)
})

test('a secret is made anew for the first caller and each repeat, and is not kept', async () => {
  const bodies = [await (await ask('/link')).json(), await (await ask('/link')).json()]
  expect(bodies).toMatchObject([
    { what: 'a', link: 'secret-1' },
    { what: 'a', link: 'secret-2' },
  ])
  const [kept] = await database.sql<{ answer: object }[]>`select answer from idempotency_keys`
  expect(JSON.stringify(kept)).not.toContain('secret')
  expect(await effects()).toBe(1)
})

test('an address longer than an index row is an address like any other', async () => {
  const path = `/quick?x=${Array.from({ length: 4000 }, (_, i) => (i * 7919) % 10).join('')}`
  expect((await ask(path)).status).toBe(201)
  expect((await ask(path)).headers.get('idempotency-replayed')).toBe('true')
  expect((await ask(`${path}1`)).headers.get('idempotency-replayed')).toBe(null)
})

test('nothing that failed here was logged with its message or its body', () => {
  expect(lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1)
  expect(lines.join()).not.toContain('a bug')
})
