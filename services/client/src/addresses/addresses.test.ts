import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestClient } from '../testing.node.ts'

let client: Awaited<ReturnType<typeof openTestClient>>
let admin: { userId: string; token: string }
let tokens: Record<string, string>
beforeAll(async () => {
  client = await openTestClient()
  admin = await client.firstAdministrator()
  const names = ['auth', 'client', 'documents', 'notification', 'payment']
  tokens = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await client.machineToken(name)])),
  )
})
afterAll(() => client.close())

const ask = async (machine: string, path: string, body: unknown, key: string | null = null) => {
  const answer = await client.ask('POST', path, { token: tokens[machine] ?? '', body, key })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const register = async (email: string, key: string = crypto.randomUUID()) =>
  ask('auth', '/v1/addresses/register', { email, locale: 'en' }, key)

test('an address is registered once and found ever after, also by many at once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => register('New@Person.ru')))
  expect(new Set(answers.map(({ body }) => body.userId)).size).toBe(1)
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  const userId = String(answers[0]!.body.userId)
  expect(await client.eventsOf(userId)).toHaveLength(1)
  const resolved = await ask('auth', '/v1/addresses/resolve', { email: 'NEW@person.RU' })
  expect(resolved.body).toEqual({ userId, blocked: false, locale: 'en' })
})

test('an unknown address resolves to nobody, a blocked one says so', async () => {
  const unknown = await ask('auth', '/v1/addresses/resolve', { email: 'nobody@a.ru' })
  expect(unknown.body).toEqual({ userId: null, blocked: false, locale: 'ru' })
  const { userId } = (await register('blocked@a.ru')).body
  const body = { reason: 'r' }
  await client.ask('POST', `/v1/users/${userId}/block`, { token: admin.token, body })
  const blocked = await ask('auth', '/v1/addresses/resolve', { email: 'blocked@a.ru' })
  expect(blocked.body).toEqual({ userId, blocked: true, locale: 'en' })
  const read = await ask('notification', '/v1/addresses/read', { userIds: [userId, admin.userId] })
  expect(read.body).toEqual({
    people: [
      {
        userId: admin.userId,
        email: 'first@kontora.test',
        displayName: 'first@kontora.test',
        locale: 'ru',
      },
    ],
  })
})

test('requisites are told to who bills', async () => {
  const company = { displayName: 'ООО «Ромашка»', kind: 'company', inn: '7707083893', kpp: '773601001' }
  const body = { email: 'buh@romashka.ru', ...company }
  const created = await client.ask('POST', '/v1/users', { token: admin.token, body })
  const { userId } = (await created.json()) as { userId: string }
  for (const machine of ['payment', 'documents']) {
    const read = await ask(machine, '/v1/requisites/read', { userIds: [userId, crypto.randomUUID()] })
    expect(read.body).toEqual({ people: [{ userId, ...company }] })
  }
  const found = await ask('payment', '/v1/requisites/find', { inns: [company.inn, '7736050003'] })
  expect(found.body).toEqual({ people: [{ userId, ...company }] })
  await client.ask('POST', `/v1/users/${userId}/block`, { token: admin.token, body: { reason: 'r' } })
  const afterwards = await ask('payment', '/v1/requisites/read', { userIds: [userId] })
  expect(afterwards.body).toEqual({ people: [{ userId, ...company }] })
})

test('a machine asks what is written for it and nothing else', async () => {
  const email = 'x@a.ru'
  const userIds = [admin.userId]
  expect((await ask('payment', '/v1/addresses/resolve', { email })).status).toBe(403)
  expect((await ask('notification', '/v1/requisites/read', { userIds })).status).toBe(403)
  expect((await ask('notification', '/v1/requisites/find', { inns: ['7707083893'] })).status).toBe(403)
  expect((await ask('payment', '/v1/requisites/find', { inns: ['7707083890'] })).status).toBe(400)
  expect((await ask('documents', '/v1/addresses/read', { userIds })).status).toBe(403)
  expect((await ask('payment', '/v1/addresses/register', { email, locale: 'ru' }, 'k')).status).toBe(403)
  expect((await ask('auth', '/v1/addresses/register', { email, locale: 'ru' })).status).toBe(400)
})

test('lists of ids are of 1 to 100', async () => {
  const userIds = Array.from({ length: 101 }, () => crypto.randomUUID())
  for (const wrong of [userIds, [], ['x'], 'x', null])
    expect((await ask('notification', '/v1/addresses/read', { userIds: wrong })).status).toBe(400)
})

test('the snapshot holds what the events told, under their versions, for each of the five services', async () => {
  const { userId } = (await register('unblocked@a.ru')).body
  for (const verb of ['block', 'unblock'])
    await client.ask('POST', `/v1/users/${userId}/${verb}`, { token: admin.token, body: { reason: 'r' } })
  const read = () => client.ask('GET', '/v1/access/snapshot', { token: tokens.client ?? '' })
  const snapshot = (await (await read()).json()) as { roles: object[]; grants: object[]; blocks: object[] }
  const { sql } = client
  expect(snapshot.roles).toEqual([
    ...(await sql`select role_id, version, permissions, includes from access_roles order by role_id`),
  ])
  expect(snapshot.grants).toEqual([
    ...(await sql`select user_id, version, grants from access_grants order by user_id`),
  ])
  const blocks = await sql`
    select user_id, version, blocked, tokens_not_before from access_blocks order by user_id`
  expect(snapshot.blocks).toEqual(JSON.parse(JSON.stringify(blocks)))
  for (const token of Object.values(tokens))
    expect((await client.ask('GET', '/v1/access/snapshot', { token })).status).toBe(200)
  const person = await client.tokenFor(crypto.randomUUID())
  expect((await client.ask('GET', '/v1/access/snapshot', { token: person })).status).toBe(403)
})
