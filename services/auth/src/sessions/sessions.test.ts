import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Envelope } from '@kontora/events'
import { app } from '../app.ts'
import { consumers } from '../consumers.ts'
import { openWorld, type World } from '../testing.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const signIn = () => {
  const email = `owner-${++count}@example.com`
  world.invite(email)
  return world.signInAs(email)
}
const again = (userId: string) => {
  const [email] = [...world.users].find(([, user]) => user.userId === userId)!
  return world.signInAs(email)
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const list = async (token: string, query = '') => {
  const answer = await world.get(`/v1/sessions${query}`, bearer(token))
  return (await answer.json()) as { items: { id: string; isThisOne: boolean }[]; nextCursor?: string }
}
const end = (token: string, id: string) =>
  app.request(`/v1/sessions/${id}`, { method: 'DELETE', headers: bearer(token) }, world.resources)
const hear = (name: string, data: object, time = world.resources.now()) => {
  const handler = consumers.find((one) => one.name === name)!
  return handler.handle(
    world.resources,
    { service: 'client' },
    data as never,
    { time: time.toISOString() } as Envelope,
  )
}
const canRefresh = async (refresh_token: string) =>
  (await world.form('/v1/token', { grant_type: 'refresh_token', refresh_token })).status === 200

test('a person sees his own live sessions, the newest first, page by page', async () => {
  const first = await signIn()
  world.pass(1000)
  const second = await again(first.userId)
  await signIn()
  const all = await list(second.accessToken)
  expect(all.items.map(({ id, isThisOne }) => ({ id, isThisOne }))).toEqual([
    { id: second.sessionId, isThisOne: true },
    { id: first.sessionId, isThisOne: false },
  ])
  const page = await list(second.accessToken, '?limit=1')
  expect(page).toMatchObject({ items: [{ id: second.sessionId }], nextCursor: second.sessionId })
  const rest = await list(second.accessToken, `?limit=1&cursor=${page.nextCursor}`)
  expect(rest.items.map(({ id }) => id)).toEqual([first.sessionId])
  expect(rest.nextCursor).toBeUndefined()
})

test('a person ends one of his sessions, a repeat changes nothing', async () => {
  const first = await signIn()
  const second = await again(first.userId)
  for (let i = 0; i < 2; i++) expect((await end(second.accessToken, first.sessionId)).status).toBe(204)
  expect(await canRefresh(first.refreshToken)).toBe(false)
  expect(await canRefresh(second.refreshToken)).toBe(true)
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter(({ sessionId }) => sessionId === first.sessionId)).toHaveLength(1)
})

test('auth itself refuses the tokens of an ended session at once, before anything is heard from Kafka', async () => {
  const first = await signIn()
  const second = await again(first.userId)
  expect((await end(first.accessToken, first.sessionId)).status).toBe(204)
  expect((await world.get('/v1/sessions', bearer(first.accessToken))).status).toBe(401)
  expect((await world.get('/v1/sessions', bearer(second.accessToken))).status).toBe(200)
})

test("someone else's session is not found", async () => {
  const owner = await signIn()
  const stranger = await signIn()
  expect((await end(stranger.accessToken, owner.sessionId)).status).toBe(404)
  expect(await canRefresh(owner.refreshToken)).toBe(true)
})

test('sessions ask for a token of ours, and of a person', async () => {
  expect((await world.get('/v1/sessions')).status).toBe(401)
  expect(
    (await world.get('/v1/sessions', bearer(await world.testAccess.tokenFor(crypto.randomUUID())))).status,
  ).toBe(401)
  const { keyring, now, newId } = world.resources
  const time = Math.floor(now().getTime() / 1000)
  const claims = {
    aud: 'auth',
    sub: 'payment',
    client_id: 'payment',
    iat: time,
    exp: time + 300,
    jti: newId(),
  }
  const machine = await keyring.sign({ iss: world.resources.issuer, ...claims }, 'at+jwt')
  expect((await world.get('/v1/sessions', bearer(machine))).status).toBe(403)
  const { accessToken } = await signIn()
  expect((await end(accessToken, 'no-id')).status).toBe(400)
  expect((await world.get('/v1/sessions?limit=0', bearer(accessToken))).status).toBe(400)
})

test('a block ends every session of that person and of nobody else', async () => {
  const first = await signIn()
  const second = await again(first.userId)
  const other = await signIn()
  await hear('end-sessions-of-blocked', { userId: first.userId, version: 2 })
  expect(await canRefresh(first.refreshToken)).toBe(false)
  expect(await canRefresh(second.refreshToken)).toBe(false)
  expect(await canRefresh(other.refreshToken)).toBe(true)
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter(({ userId }) => userId === first.userId)).toHaveLength(2)
})

test('an unblock ends what was begun before it, not what came after', async () => {
  const before = await signIn()
  world.pass(1000)
  const tokensNotBefore = world.resources.now().toISOString()
  const after = await again(before.userId)
  await hear('end-sessions-of-unblocked', { userId: before.userId, version: 3, tokensNotBefore })
  expect(await canRefresh(before.refreshToken)).toBe(false)
  expect(await canRefresh(after.refreshToken)).toBe(true)
})

const remembered = async (userId: string) =>
  (await world.sql`select user_id from known_addresses where user_id = ${userId}`).length

test('a changed address is forgotten, one that was confirmed after the change is kept', async () => {
  const { userId } = await signIn()
  const changedAt = world.resources.now()
  await hear('forget-changed-address', { userId, version: 2 }, new Date(changedAt.getTime() - 1000))
  expect(await remembered(userId)).toBe(1)
  await hear('forget-changed-address', { userId, version: 2 }, changedAt)
  expect(await remembered(userId)).toBe(0)
})

test('of a deleted user nothing is left that could sign in', async () => {
  const { userId, refreshToken } = await signIn()
  await hear('forget-deleted-user', { userId, version: 4 })
  expect(await remembered(userId)).toBe(0)
  expect(await canRefresh(refreshToken)).toBe(false)
})

test('names of handlers are used once', () => {
  const names = consumers.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
