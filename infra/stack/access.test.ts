import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CreationOptions, createPasskey } from '@kontora/simulators/passkey'
import { importJWK, type JWK, SignJWT } from 'jose'
import { administrator } from './first-administrator.ts'
import { type ServiceName, services } from './secrets.ts'
import { acceptDocument, requestDocument, uploadDocument } from './story/documents.ts'
import { freeBlock } from './story/free-block.ts'
import { type RunningStack, runStack } from './story/own-stack.ts'
import { issueInvoice, pay, refundHalf, seeSettled, startAttempt } from './story/payments.ts'
import { type Person, signIn, signInToManage } from './story/people.ts'
import { type Answer, eventually, openWorld, type World } from './story/world.ts'
import type { OpenApi } from './test/hostile-input.ts'
import { bodies, ending, file, ofMachines, open, own, ownAlone } from './test/route-lists.ts'

type Route = { name: string; method: string; path: string; service: ServiceName }
type Ids = Record<string, string>

let stack: RunningStack
let world: World
let routes: Route[]
let admin: Person
let owner: Person
let stranger: Person
/** Of what is the owner's, by the path before the `{id}`. */
let ids: Ids

const readRoutes = async (service: ServiceName): Promise<Route[]> => {
  const { paths } = await world.get<OpenApi>(`/${service}/openapi.json`)
  return Object.entries(paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => {
      const method = verb.toUpperCase()
      return { name: `${method} /${service}${path}`, method, path: `/${service}${path}`, service }
    }),
  )
}

const bodyOf = ({ name, method }: Route): object | undefined =>
  bodies[name] ?? (method === 'GET' || method === 'DELETE' ? undefined : {})

const withIds = ({ path }: Route, of: Ids | string): string =>
  path.replaceAll(/([^{}]+)\{\w+\}/g, (_, before: string) => {
    const id = typeof of === 'string' ? of : of[before.replaceAll(/^.*\/v1/g, '')]
    return `${before}${id ?? crypto.randomUUID()}`
  })

const ask = (route: Route, token: string | undefined, of: Ids | string): Promise<Answer<unknown>> => {
  const body = bodyOf(route)
  return world.call(route.method, withIds(route, of), { ...(token && { token }), ...(body && { body }) })
}

const guarded = (): Route[] => routes.filter(({ name }) => !open.includes(name))

/** `name status` of whatever was not answered so. */
const othersThan = async (
  statuses: number[],
  token: string | undefined,
  among: Route[],
): Promise<string[]> => {
  const answers = await Promise.all(
    among.map(async (route) => ({ route, status: (await ask(route, token, ids)).status })),
  )
  return answers
    .filter(({ status }) => !statuses.includes(status))
    .map(({ route, status }) => `${route.name} ${status}`)
}

const machineToken = async (from: ServiceName, audience: string): Promise<string> => {
  const { machineKeys } = JSON.parse(readFileSync(join(stack.place.data, 'secrets.json'), 'utf8')) as {
    machineKeys: Record<string, JWK>
  }
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(from)
    .setSubject(from)
    .setAudience(`${stack.place.url}/auth`)
    .setExpirationTime('30s')
    .sign(await importJWK(machineKeys[from] ?? {}, 'EdDSA'))
  const answer = await fetch(`${stack.place.url}/auth/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      audience,
    }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

const addPasskey = async ({ token }: Person): Promise<string> => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin: `http://localhost:${stack.place.port}` })
  const { challengeId, options } = await world.post<{ challengeId: string; options: CreationOptions }>(
    '/auth/v1/passkeys/challenges',
    { token, body: { accountName: owner.email } },
  )
  const body = { challengeId, name: 'Ключ', credential: await passkey.create(options) }
  return (await world.post<{ id: string }>('/auth/v1/passkeys', { token, body })).id
}

const ownThings = async (): Promise<Ids> => {
  const run = Date.now().toString(36)
  const requested = await requestDocument(world, admin, owner, run)
  const stored = await uploadDocument(world, owner, requested, run)
  await acceptDocument(world, admin, owner, stored)
  const waiting = await requestDocument(world, admin, owner, `${run}-2`)
  const place = await world.post<{ uploadId: string }>(
    `/documents/v1/requests/${waiting.requestId}/uploads`,
    {
      token: owner.token,
      body: file,
    },
  )
  const paid = await issueInvoice(world, admin, owner, 50_000)
  const attempt = await startAttempt(world, owner, paid, 'card')
  await pay(world, attempt, { way: 'card', callback: 'send' })
  await seeSettled(world, owner, attempt, paid)
  const { refundId } = await refundHalf(world, admin, owner, attempt)
  const unpaid = await issueInvoice(world, admin, owner, 70_000)
  const { items } = await world.get<{ items: { id: string }[] }>('/auth/v1/sessions', { token: owner.token })
  return {
    '/users/': owner.userId,
    '/requests/': waiting.requestId,
    '/uploads/': place.uploadId,
    '/documents/': stored.documentId,
    '/invoices/': unpaid.invoiceId,
    '/attempts/': attempt.attemptId,
    '/refunds/': refundId,
    '/exports/': paid.invoiceId,
    '/sessions/': items[0]?.id ?? '',
    '/passkeys/': await addPasskey(owner),
  }
}

beforeAll(async () => {
  stack = await runStack(await freeBlock())
  world = await openWorld({ place: stack.place, repeatForMs: 0 })
  routes = (await Promise.all(services.map(readRoutes))).flat()
  const people = ['owner@example.org', 'stranger@example.org'].map((email) => signInToManage(world, email))
  ;[admin, owner, stranger] = (await Promise.all([signInToManage(world, administrator), ...people])) as [
    Person,
    Person,
    Person,
  ]
  ids = await ownThings()
}, 120_000)
afterAll(() => stack?.stop(), 30_000)

test('every route is open, of one’s own, or needs a permission', async () => {
  expect(routes.length).toBeGreaterThan(60)
  expect([...open, ...own].filter((name) => !routes.some((one) => one.name === name))).toEqual([])
  for (const token of [undefined, 'x.y.z', `${owner.token.slice(0, -4)}AAAA`])
    expect(await othersThan([401], token, guarded())).toEqual([])
})

test('a machine has what is written for it, at the service that its token is for', async () => {
  for (const service of services) {
    const elsewhere = await machineToken('notification', services.find((one) => one !== service) ?? '')
    const here = guarded().filter((route) => route.service === service)
    expect(await othersThan([401], elsewhere, here)).toEqual([])
    const written = [
      'POST /client/v1/addresses/read',
      'POST /payment/v1/payer-links/read',
      'GET /client/v1/access/snapshot',
      ...ofMachines,
    ]
    const refused = here.filter(({ name }) => !written.includes(name))
    expect(await othersThan([403], await machineToken('notification', service), refused)).toEqual([])
  }
})

/** Of the owner's passkey too, which was the last. */
const lettersSent = () =>
  eventually(world, 'the letters of what was done before', async () => {
    const { items } = await world.get<{ items: { kind: string; state: string }[] }>(
      '/notification/v1/messages',
      { token: admin.token },
    )
    const isTold = items.some(({ kind }) => kind === 'passkey-added')
    return isTold && items.every(({ state }) => state === 'delivered')
  })

/** As the administrator and the owner see it. */
const view = async (): Promise<string> => {
  const reads = guarded().filter(
    ({ method, name }) => method === 'GET' && !/download|snapshot|balances/.test(name),
  )
  const seen = await Promise.all(
    reads.flatMap((route) =>
      [admin, owner].map(async ({ token }) => [route.name, (await ask(route, token, ids)).body]),
    ),
  )
  // Campaigns are read anew every few seconds.
  return JSON.stringify(seen).replaceAll(/"readAt":"[^"]*"/g, '')
}

test('nobody without a right sees or changes what is another’s, and it looks like what is not there', async () => {
  await lettersSent()
  const before = await view()
  expect(before).toContain(ids['/refunds/'] ?? '-')
  const needing = guarded().filter(({ name }) => !own.includes(name))
  expect(await othersThan([403], stranger.token, needing)).toEqual([])
  // Of these he is sent a letter himself, and who reads messages sees it.
  const told = ['POST /auth/v1/second-proof/codes', 'POST /auth/v1/recovery-codes']
  const apart = ({ name }: Route) => ending.test(name) || told.includes(name)
  for (const route of guarded().filter((one) => !apart(one))) {
    const foreign = await ask(route, stranger.token, ids)
    if (route.path.includes('{')) {
      const unknown = await ask(route, stranger.token, crypto.randomUUID())
      expect([route.name, foreign.status, foreign.body]).toEqual([route.name, unknown.status, unknown.body])
      expect([403, 404], route.name).toContain(foreign.status)
    }
    expect(JSON.stringify(foreign.body), route.name).not.toContain(owner.userId)
  }
  const asOwner = `/documents/v1/requests?userId=${owner.userId}`
  expect((await world.call('GET', asOwner, { token: stranger.token })).status).toBe(403)
  const alone = guarded().filter(
    ({ name, path }) => own.includes(name) && path.includes('{') && ownAlone.test(name),
  )
  expect(alone).toHaveLength(9)
  expect(await othersThan([404], admin.token, alone)).toEqual([])
  expect(await view()).toBe(before)
  const mine = guarded().filter(({ name, method }) => own.includes(name) && method === 'GET')
  expect(await othersThan([200], owner.token, mine)).toEqual([])
})

/** Until every service refuses this token; how quick that is, the proof [block] says. */
const refusedEverywhere = async (token: string): Promise<void> => {
  const begun = Date.now()
  const doors = [
    'client/v1/me',
    'auth/v1/sessions',
    'documents/v1/requests',
    'notification/v1/messages',
    'payment/v1/invoices',
  ]
  for (const door of doors)
    while ((await world.call('GET', `/${door}`, { token })).status !== 401) {
      if (Date.now() - begun > 20_000) throw new Error(`${door} lets in`)
      await Bun.sleep(20)
    }
}

test('the live token of a blocked person, and that of an ended session, are soon refused everywhere', async () => {
  const blocked = await signIn(world, 'blocked@example.org')
  await world.post(`/client/v1/users/${blocked.userId}/block`, {
    token: admin.token,
    body: { reason: 'a test' },
  })
  await refusedEverywhere(blocked.token)
  expect(await othersThan([401], blocked.token, guarded())).toEqual([])
  const { token } = stranger
  const { items } = await world.get<{ items: { id: string }[] }>('/auth/v1/sessions', { token })
  expect((await world.call('DELETE', `/auth/v1/sessions/${items[0]?.id}`, { token })).status).toBe(204)
  await refusedEverywhere(token)
  expect(await othersThan([401], token, guarded())).toEqual([])
})
