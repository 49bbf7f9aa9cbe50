import { afterAll, beforeAll, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import { openTestClient } from '../testing.node.ts'
import { blockUser } from './block-user.ts'

let client: Awaited<ReturnType<typeof openTestClient>>
let admin: { userId: string; token: string }
beforeAll(async () => {
  client = await openTestClient()
  admin = await client.firstAdministrator()
})
afterAll(() => client.close())

const person = async () => {
  const body = { email: `${crypto.randomUUID()}@a.ru`, displayName: 'Person' }
  const answer = await client.ask('POST', '/v1/users', { token: admin.token, body })
  const { userId } = (await answer.json()) as { userId: string }
  return { userId, token: await client.tokenFor(userId) }
}

const block = (userId: string, token = admin.token, body: unknown = { reason: 'Left the company' }) =>
  client.ask('POST', `/v1/users/${userId}/block`, { token, body })
const unblock = (userId: string, token = admin.token) =>
  client.ask('POST', `/v1/users/${userId}/unblock`, { token })
const statusOfMe = async (token: string) => (await client.ask('GET', '/v1/me', { token })).status

test('a block ends the sign-in at once, and tokens from before it stay refused after its end', async () => {
  const { userId, token } = await person()
  expect(await statusOfMe(token)).toBe(200)
  expect(await (await block(userId)).json()).toEqual({ userId, state: 'blocked' })
  expect(await statusOfMe(token)).toBe(401)

  await client.advance(1000)
  expect(await (await unblock(userId)).json()).toEqual({ userId, state: 'active' })
  expect(await statusOfMe(token)).toBe(401)
  expect(await statusOfMe(await client.tokenFor(userId))).toBe(200)

  const tokensNotBefore = client.resources.now().toISOString()
  expect((await client.eventsOf(userId)).slice(1).map(({ type, data }) => ({ type, data }))).toEqual([
    { type: 'client.user-blocked', data: { userId, version: 2 } },
    { type: 'client.user-unblocked', data: { userId, version: 3, tokensNotBefore } },
  ])
})

test('blocking whom is blocked and unblocking whom is not changes nothing', async () => {
  const { userId } = await person()
  expect((await unblock(userId)).status).toBe(200)
  await block(userId)
  expect((await block(userId)).status).toBe(200)
  expect(await client.eventsOf(userId)).toHaveLength(2)
})

test('nobody blocks himself, and the unknown are not found', async () => {
  expect((await block(admin.userId)).status).toBe(409)
  expect((await block(crypto.randomUUID())).status).toBe(404)
  expect((await unblock(crypto.randomUUID())).status).toBe(404)
  expect((await block('no-id')).status).toBe(400)
  expect((await block(admin.userId, admin.token, {})).status).toBe(400)
})

test('only who may blocks', async () => {
  const { userId, token } = await person()
  expect((await block(userId, token)).status).toBe(403)
  expect((await unblock(userId, token)).status).toBe(403)
})

const moderator = async () => {
  const one = await person()
  const role = { name: crypto.randomUUID(), permissions: ['user:block'] }
  const made = await client.ask('POST', '/v1/roles', { token: admin.token, body: role })
  const { roleId } = (await made.json()) as { roleId: string }
  await client.ask('POST', `/v1/users/${one.userId}/grants`, { token: admin.token, body: { roleId } })
  return one
}

test('who is blocked neither unblocks himself nor blocks another, though a replica has not looked since', async () => {
  const one = await moderator()
  const another = await moderator()
  expect((await block(one.userId)).status).toBe(200)
  expect((await unblock(one.userId, one.token)).status).toBe(401)
  await client.sql`delete from access_blocks where user_id = ${one.userId}`
  expect((await unblock(one.userId, one.token)).status).toBe(403)
  expect((await block(another.userId, one.token)).status).toBe(403)
  expect((await unblock(one.userId)).status).toBe(200)
})

test('the last administrator is not blocked', async () => {
  expect((await block(admin.userId, (await moderator()).token)).status).toBe(409)
})

test('of two administrators who block each other at once, the first one stays', async () => {
  const second = await person()
  const [grant] = await client.sql<{ roleId: string }[]>`
    select role_id from grants where user_id = ${admin.userId}`
  const body = { roleId: grant!.roleId }
  await client.ask('POST', `/v1/users/${second.userId}/grants`, { token: admin.token, body })
  const { resources, sql } = client
  const reason = 'Rivals'
  const answer = await transaction(sql, async (tx) => {
    await blockUser({ ...resources, sql: tx }, { id: admin.userId }, { userId: second.userId, reason })
    const back = blockUser(resources, { id: second.userId }, { userId: admin.userId, reason })
    const told = back.then(
      ({ state }) => state,
      ({ message }: Error) => message,
    )
    await Bun.sleep(100)
    return { told }
  })
  expect(await answer.told).toBe('This needs user:block')
  const active = await sql`
    select user_id from grants join users using (user_id) where role_id = ${grant!.roleId} and state = 'active'`
  expect(active).toHaveLength(1)
})
