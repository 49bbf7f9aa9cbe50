import { afterAll, beforeAll, expect, test } from 'bun:test'
import { nameFirstAdministrator } from '../access/name-first-administrator.ts'
import { operator } from '../actor.ts'
import { openTestClient } from '../testing.node.ts'

let client: Awaited<ReturnType<typeof openTestClient>>
let admin: { userId: string; token: string }
beforeAll(async () => {
  client = await openTestClient()
  admin = await client.firstAdministrator()
})
afterAll(() => client.close())

const hour = 3_600_000

const person = async () => {
  const body = { email: `${crypto.randomUUID()}@a.ru`, displayName: 'Person' }
  const answer = await client.ask('POST', '/v1/users', { token: admin.token, body })
  const { userId } = (await answer.json()) as { userId: string }
  return { userId, token: await client.tokenFor(userId) }
}

const role = async (permissions: string[], includes: string[] = [], token = admin.token) => {
  const body = { name: crypto.randomUUID(), permissions, includes }
  const answer = await client.ask('POST', '/v1/roles', { token, body })
  return { status: answer.status, body, ...((await answer.json()) as { roleId: string }) }
}

const grant = async (userId: string, body: object, token = admin.token) => {
  const answer = await client.ask('POST', `/v1/users/${userId}/grants`, { token, body })
  return { status: answer.status, ...((await answer.json()) as { grantId: string }) }
}

const change = (roleId: string, body: object, token = admin.token) =>
  client.ask('PUT', `/v1/roles/${roleId}`, { token, body })

const mayRead = async (token: string) => (await client.ask('GET', '/v1/users', { token })).status === 200

test('a grant opens what its role names, its event tells the full state, and its end closes it', async () => {
  const { userId, token } = await person()
  const { roleId } = await role(['user:read'])
  expect(await mayRead(token)).toBe(false)
  const { status, grantId } = await grant(userId, { roleId })
  expect(status).toBe(201)
  expect(await mayRead(token)).toBe(true)
  const path = `/v1/users/${userId}/grants`
  const listed = await client.ask('GET', path, { token: admin.token })
  expect(await listed.json()).toEqual({ items: [{ grantId, roleId, scope: null, expiresAt: null }] })

  const gone = () => client.ask('DELETE', `${path}/${grantId}`, { token: admin.token })
  expect((await gone()).status).toBe(204)
  expect(await mayRead(token)).toBe(false)
  expect((await gone()).status).toBe(404)
  const events = await client.eventsOf(userId)
  expect(events.slice(1).map(({ data }) => data)).toEqual([
    { userId, version: 1, grants: [{ roleId, scope: null, expiresAt: null }] },
    { userId, version: 2, grants: [] },
  ])
})

test('a role that includes another gives its permissions too, and a change reaches all who have it', async () => {
  const { userId, token } = await person()
  const inner = await role(['role:manage'])
  const outer = await role(['document:read'], [inner.roleId])
  await grant(userId, { roleId: outer.roleId })
  expect(await mayRead(token)).toBe(false)
  const answer = await change(inner.roleId, { ...inner.body, permissions: ['user:read'] })
  expect(answer.status).toBe(200)
  expect(await mayRead(token)).toBe(true)
})

test('a circle of roles is refused, also a long one and one with itself', async () => {
  const a = await role(['a:a'])
  const b = await role(['b:b'], [a.roleId])
  const c = await role(['c:c'], [b.roleId])
  for (const includes of [[a.roleId], [b.roleId], [c.roleId]]) {
    const answer = await change(a.roleId, { ...a.body, includes })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ fields: { includes: 'no circle of roles' } })
  }
  expect((await role(['a:a'], [crypto.randomUUID()])).status).toBe(400)
})

test('nobody puts into a role, nor grants, what he lacks', async () => {
  const { userId, token } = await person()
  const clerk = await role(['role:manage', 'grant:manage', 'invoice:*'])
  await grant(userId, { roleId: clerk.roleId })
  const rich = await role(['payment:refund'])

  expect((await role(['payment:refund'], [], token)).status).toBe(403)
  expect((await role(['*:*'], [], token)).status).toBe(403)
  expect((await role(['*:cancel'], [], token)).status).toBe(403)
  expect((await role([], [rich.roleId], token)).status).toBe(403)
  expect((await role(['invoice:cancel'], [], token)).status).toBe(201)
  expect((await role(['invoice:*'], [], token)).status).toBe(201)
  expect((await change(clerk.roleId, { ...clerk.body, permissions: ['*:*'] }, token)).status).toBe(403)
  expect((await grant(userId, { roleId: rich.roleId }, token)).status).toBe(403)
  expect((await grant((await person()).userId, { roleId: clerk.roleId }, token)).status).toBe(201)
})

test('who changes a role may leave in it what he lacks, and take out what he holds', async () => {
  const { userId, token } = await person()
  await grant(userId, { roleId: (await role(['role:manage', 'invoice:read'])).roleId })
  const rich = await role(['payment:refund', 'invoice:read'])
  const without = { ...rich.body, permissions: ['payment:refund'] }
  expect((await change(rich.roleId, without, token)).status).toBe(200)
  expect((await change(rich.roleId, { ...without, name: 'Cashier' }, token)).status).toBe(200)
})

test('nobody empties a role of what he lacks, to be given it and wait for it to be filled again', async () => {
  const { userId, token } = await person()
  await grant(userId, { roleId: (await role(['role:manage', 'grant:manage'])).roleId })
  const rich = await role(['payment:refund'])
  const richer = await role([], [rich.roleId])
  expect((await change(rich.roleId, { ...rich.body, permissions: [] }, token)).status).toBe(403)
  expect((await change(richer.roleId, { ...richer.body, includes: [] }, token)).status).toBe(403)
  expect((await grant(userId, { roleId: rich.roleId }, token)).status).toBe(403)
})

test('whose role was taken back a moment ago takes nobody else’s, though the guard let him in before', async () => {
  const { userId, token } = await person()
  const clerk = await role(['role:manage', 'grant:manage'])
  const { grantId } = await grant(userId, { roleId: clerk.roleId })
  const other = await person()
  const taken = await grant(other.userId, { roleId: clerk.roleId })
  const path = (of: string, id: string) => `/v1/users/${of}/grants/${id}`
  const [before] = await client.sql`select grants from access_grants where user_id = ${userId}`
  expect((await client.ask('DELETE', path(userId, grantId), { token: admin.token })).status).toBe(204)
  await client.sql`update access_grants set grants = ${client.sql.json(before?.grants)} where user_id = ${userId}`
  expect((await client.ask('DELETE', path(other.userId, taken.grantId), { token })).status).toBe(403)
  expect((await role([], [], token)).status).toBe(403)
  expect((await change(clerk.roleId, clerk.body, token)).status).toBe(403)
})

test('what is held in a scope or for an hour is granted in that scope and for less than that hour only', async () => {
  const { userId, token } = await person()
  const other = (await person()).userId
  await grant(userId, { roleId: (await role(['grant:manage', 'role:manage'])).roleId })
  const read = await role(['document:read'])
  const expiresAt = new Date(client.resources.now().getTime() + hour).toISOString()
  await grant(userId, { roleId: read.roleId, scope: 'campaign:1', expiresAt })
  const give = async (limits: object) =>
    (await grant(other, { roleId: read.roleId, ...limits }, token)).status

  expect(await give({})).toBe(403)
  expect(await give({ scope: 'campaign:1' })).toBe(403)
  expect(await give({ scope: 'campaign:2', expiresAt })).toBe(403)
  const later = new Date(new Date(expiresAt).getTime() + 1).toISOString()
  expect(await give({ scope: 'campaign:1', expiresAt: later })).toBe(403)
  expect((await role(['document:read'], [], token)).status).toBe(403)
  expect(await give({ scope: 'campaign:1', expiresAt })).toBe(201)
})

test('a grant ends by its expiry, and may then be given again', async () => {
  const { userId, token } = await person()
  const { roleId } = await role(['user:read'])
  const expiresAt = new Date(client.resources.now().getTime() + 60_000).toISOString()
  expect((await grant(userId, { roleId, expiresAt })).status).toBe(201)
  expect(await mayRead(token)).toBe(true)
  expect((await grant(userId, { roleId })).status).toBe(409)
  await client.advance(60_000)
  expect(await mayRead(token)).toBe(false)
  expect((await grant(userId, { roleId, expiresAt })).status).toBe(400)
  expect((await grant(userId, { roleId })).status).toBe(201)
})

test('the last administrator stays, whatever way he would go', async () => {
  admin.token = await client.tokenFor(admin.userId)
  const listed = await client.ask('GET', `/v1/users/${admin.userId}/grants`, { token: admin.token })
  const { items } = (await listed.json()) as { items: { grantId: string; roleId: string }[] }
  const { grantId, roleId } = items[0]!
  const path = `/v1/users/${admin.userId}/grants/${grantId}`
  expect((await client.ask('DELETE', path, { token: admin.token })).status).toBe(409)
  expect((await change(roleId, { name: 'Administrator', permissions: ['user:*'] })).status).toBe(409)

  const expiresAt = new Date(client.resources.now().getTime() + hour).toISOString()
  const temporary = await person()
  expect((await grant(temporary.userId, { roleId, expiresAt })).status).toBe(201)
  expect((await client.ask('DELETE', path, { token: temporary.token })).status).toBe(409)
  expect((await grant((await person()).userId, { roleId })).status).toBe(201)
  expect((await client.ask('DELETE', path, { token: admin.token })).status).toBe(204)
  expect((await grant(admin.userId, { roleId }, temporary.token)).status).toBe(403)
})

test('the first administrator is named once; asking again for the same address changes nothing', async () => {
  const fresh = await openTestClient()
  try {
    const { userId } = await fresh.firstAdministrator()
    const again = () => nameFirstAdministrator(fresh.resources, operator, { email: 'first@kontora.test' })
    expect(await again()).toEqual({ userId, known: true })
    const other = nameFirstAdministrator(fresh.resources, operator, { email: 'second@kontora.test' })
    await expect(other).rejects.toThrow('There is an administrator already')
    expect(await fresh.sql`select grant_id from grants`).toHaveLength(1)
  } finally {
    await fresh.close()
  }
})
