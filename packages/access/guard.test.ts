import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import {
  authKeyWithdrawn,
  authSessionRevoked,
  clientGrantsChanged,
  clientRoleChanged,
  clientUserBlocked,
  clientUserUnblocked,
  consume,
  type EventType,
} from '@kontora/events'
import { eventsMigrations } from '@kontora/events/migrations'
import {
  type BaseResources,
  createApp,
  createHealth,
  createLog,
  describe,
  realChance,
} from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import type * as v from 'valibot'
import { type AccessResources, accessHandlers, isAllowed, may, signedIn } from './index.ts'
import { accessMigrations } from './migrations.node.ts'
import { needsSecondProof } from './second-proof.ts'
import { createTestAccess } from './testing.ts'

let database: TestDatabase
let identities: Awaited<ReturnType<typeof createTestAccess>>
let resources: BaseResources & AccessResources
let time = new Date('2026-11-23T09:00:00.400Z')
const now = () => time
const user = crypto.randomUUID()
let version = 1

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-access', migrations: [eventsMigrations, accessMigrations] })
  const { sql } = database
  identities = await createTestAccess({ sql, now, service: 'payment' })
  resources = {
    ...realChance(),
    now,
    sql,
    log: createLog('test', now, () => {}),
    health: createHealth(),
    access: identities.access,
    verifyToken: identities.verifyToken,
  }
})
afterAll(() => database.close())
beforeEach(async () => {
  const { sql } = database
  for (const table of [
    'access_blocks',
    'access_grants',
    'access_roles',
    'access_revoked_sessions',
    'access_withdrawn_keys',
    'parked',
    'inbox',
  ])
    await sql`delete from ${sql(table)}`
  await identities.beat()
})

const app = createApp<BaseResources & AccessResources>({ title: 'Test', description: 'Test' })
  .get('/me', signedIn(), (c) => c.json(c.var.user))
  .get('/sensitive', signedIn({ sensitive: true }), (c) => c.json(c.var.user))
  .get('/refund', may('payment:refund'), (c) => c.json(c.var.user))
  .get('/proven', signedIn({ secondProof: true }), (c) => c.json(c.var.user))
  .get('/snapshot', may('access:snapshot'), (c) => c.json(c.var.user))
  .get('/any', signedIn(), async (c) => c.json(await isAllowed(c.env.access, c.var.user, 'payment:refund')))

const ask = (path: string, token?: string) =>
  app.request(path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }, resources)
const statuses = async (token?: string) => ({
  me: (await ask('/me', token)).status,
  sensitive: (await ask('/sensitive', token)).status,
  refund: (await ask('/refund', token)).status,
})

/** What the feed of a running service does with an event of `auth` or `client`. */
const hear = async <Schema extends v.GenericSchema>(
  type: EventType<Schema>,
  subject: string,
  data: v.InferOutput<Schema>,
) => {
  const event = {
    specversion: '1.0' as const,
    id: crypto.randomUUID(),
    type: type.type,
    source: type.topic,
    subject,
    time: now().toISOString(),
    dataschema: `urn:kontora:${type.type}:${type.version}`,
    data,
  }
  const handlers = accessHandlers().filter((handler) => handler.event.type === type.type)
  expect(handlers).toHaveLength(1)
  for (const handler of handlers)
    await consume({ ...resources, sql: database.sql }, handler, event, {
      topic: type.topic,
      partition: 0,
      offset: 0,
    })
}
const advance = (ms: number) => {
  time = new Date(time.getTime() + ms)
}

test('without a token, with a broken one and with one of another service nobody comes in', async () => {
  for (const token of [undefined, '', 'x', 'a.b.c', 'ü', 'x'.repeat(5000)])
    expect(await statuses(token)).toEqual({ me: 401, sensitive: 401, refund: 401 })
  const answer = await ask('/me')
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  const basic = await app.request('/me', { headers: { authorization: 'Basic YTpi' } }, resources)
  expect(basic.status).toBe(401)
})

test('a person comes in with his session, and may do only what is granted to him', async () => {
  const token = await identities.tokenFor(user, crypto.randomUUID())
  expect(await statuses(token)).toEqual({ me: 200, sensitive: 200, refund: 403 })
  expect(await (await ask('/me', token)).json()).toMatchObject({
    id: user,
    machine: false,
    clientId: 'portal',
  })
  await identities.allow(user, ['payment:refund'])
  expect(await statuses(token)).toEqual({ me: 200, sensitive: 200, refund: 200 })
  expect(await (await ask('/any', token)).json()).toBe(true)
})

test('grants and roles come by events: the highest version wins in whatever order they come', async () => {
  const token = await identities.tokenFor(user)
  const [base, senior] = [crypto.randomUUID(), crypto.randomUUID()]
  const role = (roleId: string, permissions: string[] | null, includes: string[], at = ++version) =>
    hear(clientRoleChanged, roleId, { roleId, version: at, permissions, includes })
  const grant = (roleIds: string[], more: object = {}, at = ++version) =>
    hear(clientGrantsChanged, user, {
      userId: user,
      version: at,
      grants: roleIds.map((roleId) => ({ roleId, scope: null, expiresAt: null, ...more })),
    })
  await grant([senior])
  await role(senior, ['payment:read'], [base])
  expect((await statuses(token)).refund).toBe(403)
  await role(base, ['payment:*'], [senior])
  expect((await statuses(token)).refund).toBe(200)
  await role(base, [], [], 1)
  expect((await statuses(token)).refund).toBe(200)
  await role(base, null, [])
  expect((await statuses(token)).refund).toBe(403)
  await role(base, ['payment:refund'], [])
  await grant([base], { scope: 'campaign:1' })
  expect((await statuses(token)).refund).toBe(403)
  await grant([base], { expiresAt: new Date(time.getTime() + 60_000).toISOString() })
  expect((await statuses(token)).refund).toBe(200)
  advance(61_000)
  await identities.beat()
  expect((await statuses(token)).refund).toBe(403)
  await grant([base])
  await grant([], {}, 1)
  expect((await statuses(token)).refund).toBe(200)
  await grant([])
  expect((await statuses(token)).refund).toBe(403)
})

test('a blocked person is out at once; unblocked, he is in again with tokens of after that alone', async () => {
  await identities.allow(user, ['payment:refund'])
  const old = await identities.tokenFor(user)
  await hear(clientUserBlocked, user, { userId: user, version: 10 })
  expect(await statuses(old)).toEqual({ me: 401, sensitive: 401, refund: 401 })
  advance(2000)
  const tokensNotBefore = now().toISOString()
  const between = await identities.tokenFor(user)
  advance(1000)
  await hear(clientUserUnblocked, user, { userId: user, version: 11, tokensNotBefore })
  await hear(clientUserBlocked, user, { userId: user, version: 10 })
  for (const token of [old, between]) expect((await statuses(token)).me).toBe(401)
  const fresh = await identities.tokenFor(user)
  expect(await statuses(fresh)).toEqual({ me: 200, sensitive: 200, refund: 200 })
  await hear(clientUserBlocked, user, { userId: user, version: 12 })
  expect((await statuses(fresh)).me).toBe(401)
})

test('an ended session is out, another of the same person stays', async () => {
  const [ended, other] = [crypto.randomUUID(), crypto.randomUUID()]
  const [token, another] = [await identities.tokenFor(user, ended), await identities.tokenFor(user, other)]
  await hear(authSessionRevoked, user, { userId: user, sessionId: ended })
  expect(await statuses(token)).toEqual({ me: 401, sensitive: 401, refund: 401 })
  expect((await statuses(another)).me).toBe(200)
})

test('under a withdrawn key neither people nor machines come in, also with tokens that were verified before', async () => {
  const tokens = [await identities.tokenFor(user), await identities.machineToken('documents')]
  for (const token of tokens) expect((await ask('/me', token)).status).toBe(200)
  await hear(authKeyWithdrawn, 'other', { keyId: 'other' })
  for (const token of tokens) expect((await ask('/me', token)).status).toBe(200)
  await hear(authKeyWithdrawn, 'test', { keyId: 'test' })
  for (const token of tokens) expect((await ask('/me', token)).status).toBe(401)
  advance(24 * 60 * 60_000)
  await hear(authKeyWithdrawn, 'test', { keyId: 'test' })
  await identities.beat()
  expect((await ask('/me', await identities.tokenFor(user))).status).toBe(401)
})

test('revocations are forgotten when no token of theirs can live', async () => {
  await hear(authSessionRevoked, user, { userId: user, sessionId: crypto.randomUUID() })
  advance(13 * 60_000)
  await hear(authSessionRevoked, user, { userId: user, sessionId: crypto.randomUUID() })
  expect(await database.sql`select session_id from access_revoked_sessions`).toHaveLength(1)
})

test('when the feed is older than 5 s sensitive routes say so, the others and the machines go on', async () => {
  const token = await identities.tokenFor(user)
  await identities.allow(user, ['payment:refund'])
  advance(4900)
  expect(await statuses(token)).toEqual({ me: 200, sensitive: 200, refund: 200 })
  advance(200)
  expect(await statuses(token)).toEqual({ me: 200, sensitive: 503, refund: 503 })
  expect((await ask('/refund', token)).headers.get('retry-after')).toBe('1')
  expect((await ask('/snapshot', await identities.machineToken('documents'))).status).toBe(200)
})

test('one silent partition makes the feed old, and so does a parked event of the feed', async () => {
  const { sql } = database
  const token = await identities.tokenFor(user)
  await sql`update access_feeds set beat_at = ${new Date(time.getTime() - 6000)} where topic = 'client' and partition = 3`
  expect((await statuses(token)).sensitive).toBe(503)
  await sql`delete from access_feeds where topic = 'client' and partition = 3`
  expect((await statuses(token)).sensitive).toBe(503)
  await identities.beat()
  expect((await statuses(token)).sensitive).toBe(200)
  await hear(clientGrantsChanged, user, { userId: 'no id', version: 1, grants: [] } as never)
  expect((await statuses(token)).sensitive).toBe(200)
  advance(5100)
  await identities.beat()
  expect((await statuses(token)).sensitive).toBe(503)
})

test('a machine may do what is written for it and nothing else, whatever it is called', async () => {
  const status = async (name: string, path: string) =>
    (await ask(path, await identities.machineToken(name))).status
  expect(await status('documents', '/snapshot')).toBe(200)
  expect(await status('documents', '/refund')).toBe(403)
  for (const name of ['stranger', 'constructor', '__proto__', 'toString'])
    expect(await status(name, '/snapshot')).toBe(403)
  expect(await (await ask('/me', await identities.machineToken('documents'))).json()).toMatchObject({
    id: 'documents',
    machine: true,
  })
})

test('what is sensitive needs a second proof of the last 5 minutes, and the refusal says which and where', async () => {
  await identities.allow(user, ['payment:refund'])
  const secondsAgo = (seconds: number, acr?: string) =>
    identities.tokenFor(user, undefined, {
      auth_time: Math.floor(now().getTime() / 1000) - seconds,
      ...(acr && { acr }),
    })
  expect(await statuses(await secondsAgo(299))).toEqual({ me: 200, sensitive: 200, refund: 200 })
  const unproven = [
    await secondsAgo(301),
    await secondsAgo(0, 'urn:kontora:acr:one-proof'),
    await identities.tokenFor(user, undefined, { acr: undefined }),
    await identities.tokenFor(user, undefined, { auth_time: undefined }),
  ]
  for (const token of unproven) {
    expect(await statuses(token)).toEqual({ me: 200, sensitive: 200, refund: 401 })
    expect((await ask('/proven', token)).status).toBe(401)
  }
  const refusal = await ask('/refund', unproven[0])
  expect(refusal.headers.get('www-authenticate')).toBe(
    'Bearer error="insufficient_user_authentication", error_description="This needs a second proof of the last 5 minutes", acr_values="urn:kontora:acr:second-proof", max_age="300"',
  )
  expect(await refusal.json()).toEqual({
    type: '/problems/second-proof-needed',
    title: 'This needs a second proof of the last 5 minutes',
    status: 401,
    acrValues: 'urn:kontora:acr:second-proof',
    maxAgeSeconds: 300,
    proveAt: 'https://auth.test/v1/second-proof',
  })
})

test('who lacks the permission is told so first, and a machine proves itself by its key alone', async () => {
  const unproven = await identities.tokenFor(user, undefined, { acr: 'urn:kontora:acr:one-proof' })
  expect((await statuses(unproven)).refund).toBe(403)
  expect((await ask('/proven', await identities.machineToken('documents'))).status).toBe(200)
  for (const permission of ['grant:manage', 'role:manage', 'key:rotate', 'user:export'])
    expect(needsSecondProof(permission), permission).toBe(true)
  for (const permission of ['user:read', 'export:read', 'invoice:issue'])
    expect(needsSecondProof(permission), permission).toBe(false)
})

test('the document says which routes ask for a second proof', async () => {
  const described = createApp<BaseResources & AccessResources>({ title: 'Test', description: 'Test' })
    .get('/refund', describe('Refund', { 200: null }), may('payment:refund'), (c) => c.body(null))
    .get('/read', describe('Read', { 200: null }), may('payment:read'), (c) => c.body(null))
  const { paths } = (await (await described.request('/openapi.json', {}, resources)).json()) as {
    paths: Record<string, { get: Record<string, unknown> }>
  }
  expect([paths['/refund']?.get['x-second-proof'], paths['/read']?.get['x-second-proof']]).toEqual([
    true,
    undefined,
  ])
  expect(JSON.stringify(paths['/refund'])).toContain('/problems/second-proof-needed')
})
