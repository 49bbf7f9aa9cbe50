import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestClient } from '../testing.node.ts'

type Client = Awaited<ReturnType<typeof openTestClient>>
type User = { userId: string; email: string; displayName: string; locale: string; state: string }
type Page = { items: User[]; nextCursor?: string }

let client: Client
let admin: { userId: string; token: string }
beforeAll(async () => {
  client = await openTestClient()
  admin = await client.firstAdministrator()
})
afterAll(() => client.close())

const create = (body: unknown, key?: string) =>
  client.ask('POST', '/v1/users', { token: admin.token, body, ...(key && { key }) })

test('a user is created with a canonical address, and one event without a name or an address tells of it', async () => {
  const answer = await create({ email: 'Anna@Почта.РФ', displayName: 'Анна', locale: 'en' })
  expect(answer.status).toBe(201)
  const user = (await answer.json()) as User
  expect(user).toMatchObject({ email: 'anna@xn--80a1acny.xn--p1ai', displayName: 'Анна', locale: 'en' })
  expect(user.state).toBe('active')
  expect([...(await client.eventsOf(user.userId))]).toEqual([
    { type: 'client.user-created', data: { userId: user.userId, version: 1 } },
  ])
})

test('a taken address is a conflict that names the field, in whatever letters it comes', async () => {
  await create({ email: 'taken@a.ru', displayName: 'One' })
  const answer = await create({ email: 'TAKEN@A.RU', displayName: 'Two' })
  expect(answer.status).toBe(409)
  const problem = (await answer.json()) as { fields: object }
  expect(Object.keys(problem.fields)).toEqual(['email'])
  expect(JSON.stringify(problem)).not.toContain('taken@a.ru')
})

test('ten who want one address at once get one user', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => create({ email: 'race@a.ru', displayName: 'Racer' })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
})

test('a repeat gets the first answer, and no name or address is kept with the key', async () => {
  const body = { email: 'repeat@a.ru', displayName: 'Repeated Person' }
  const [first, second] = [await create(body, 'same'), await create(body, 'same')]
  expect(await second.json()).toEqual(await first.json())
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  const kept = await client.sql`select answer from idempotency_keys where key = 'same'`
  expect(JSON.stringify(kept)).not.toMatch(/repeat@|Repeated/)
  expect((await create({ ...body, displayName: 'Other' }, 'same')).status).toBe(422)
})

test('a company has an ИНН of 10 digits and a КПП, a person neither', async () => {
  const company = {
    email: 'c1@a.ru',
    displayName: 'ООО',
    kind: 'company',
    inn: '7707083893',
    kpp: '773601001',
  }
  expect((await create(company)).status).toBe(201)
  const answer = await create({ ...company, email: 'c2@a.ru', kind: 'person' })
  expect(answer.status).toBe(400)
  const { fields } = (await answer.json()) as { fields: object }
  expect(Object.keys(fields).sort()).toEqual(['inn', 'kpp'])
})

test('wrong input of every kind is a refusal that does not echo it', async () => {
  const bodies = [
    '{',
    [],
    { email: 'secret-no-address', displayName: 'x' },
    { email: 'a@b.ru', displayName: 'nul\u0000secret' },
    { email: 'a@b.ru', displayName: 'lone \ud800' },
    { email: 'a@b.ru', displayName: 'x', locale: 'secret' },
    { email: 'a@b.ru', displayName: 'x', more: 'secret' },
    { email: 1e308, displayName: 'x'.repeat(201) },
  ]
  for (const body of bodies) {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain('secret')
  }
})

test('users are read one by one, by address and in pages', async () => {
  const token = admin.token
  const read = async (path: string) => (await client.ask('GET', path, { token })).json()
  const found = (await read('/v1/users?email=FIRST@kontora.test')) as Page
  expect(found.items.map(({ userId }) => userId)).toEqual([admin.userId])
  expect(await read(`/v1/users/${admin.userId}`)).toEqual(found.items[0]!)
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = (await read(`/v1/users?limit=2${cursor ? `&cursor=${cursor}` : ''}`)) as Page
    expect(page.items.length).toBeLessThanOrEqual(2)
    ids.push(...page.items.map(({ userId }) => userId))
    cursor = page.nextCursor
  } while (cursor)
  const [count] = await client.sql`select count(*)::integer as count from users`
  expect(new Set(ids).size).toBe(count!.count)
  expect((await client.ask('GET', '/v1/users?limit=201', { token })).status).toBe(400)
  expect((await client.ask('GET', `/v1/users/${crypto.randomUUID()}`, { token })).status).toBe(404)
})

test('a person reads himself and what he may; a machine is no person', async () => {
  const answer = await client.ask('GET', '/v1/me', { token: admin.token })
  expect(await answer.json()).toMatchObject({
    userId: admin.userId,
    displayName: 'first@kontora.test',
    permissions: [{ permission: '*:*', scope: null }],
  })
  const token = await client.machineToken('auth')
  expect((await client.ask('GET', '/v1/me', { token })).status).toBe(403)
})

test('only who may does', async () => {
  const token = await client.tokenFor(crypto.randomUUID())
  const body = { email: 'x@a.ru', displayName: 'x' }
  expect((await client.ask('POST', '/v1/users', { body })).status).toBe(401)
  expect((await client.ask('POST', '/v1/users', { body, token })).status).toBe(403)
  expect((await client.ask('GET', '/v1/users', { token })).status).toBe(403)
  expect((await client.ask('POST', '/v1/users', { body, token: admin.token, key: null })).status).toBe(400)
})

test('no line of the log holds an address or a name', () => {
  expect(client.lines.join()).not.toMatch(/@|Анна|Repeated/)
})
