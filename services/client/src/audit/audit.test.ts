import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestClient } from '../testing.node.ts'
import { saltedHash } from './record-change.ts'

type Entry = {
  entryId: string
  action: string
  subject: string
  who: string
  at: string
  traceId: string | null
  details: Record<string, unknown>
  personalHashes: Record<string, string>
}

let client: Awaited<ReturnType<typeof openTestClient>>
let admin: { userId: string; token: string }
beforeAll(async () => {
  client = await openTestClient()
  admin = await client.firstAdministrator()
})
afterAll(() => client.close())

const read = async (query: string) => {
  const answer = await client.ask('GET', `/v1/audit${query}`, { token: admin.token })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { items: Entry[]; nextCursor?: string }
}

test('every change of a person is told by who, what, when and trace, his own values only as salted hashes', async () => {
  const body = { email: 'anna@a.ru', displayName: 'Анна Иванова' }
  const created = await client.ask('POST', '/v1/users', { token: admin.token, body })
  const { userId } = (await created.json()) as { userId: string }
  const roleBody = { name: 'Reader', permissions: ['user:read'] }
  const role = await client.ask('POST', '/v1/roles', { token: admin.token, body: roleBody })
  const { roleId } = (await role.json()) as { roleId: string }
  const grant = { token: admin.token, body: { roleId, scope: 'campaign:7' } }
  const granted = await client.ask('POST', `/v1/users/${userId}/grants`, grant)
  const { grantId } = (await granted.json()) as { grantId: string }
  const block = { token: admin.token, body: { reason: 'Анна ушла' } }
  await client.ask('POST', `/v1/users/${userId}/block`, block)

  const { items } = await read(`?userId=${userId}`)
  expect(items.map(({ action }) => action)).toEqual(['user:block', 'grant:create', 'user:create'])
  for (const entry of items) {
    expect(entry).toMatchObject({
      subject: userId,
      who: admin.userId,
      at: client.resources.now().toISOString(),
    })
    expect(entry.traceId).toMatch(/^[0-9a-f]{32}$/)
  }
  expect(items[1]!.details).toEqual({ grantId, roleId, scope: 'campaign:7', expiresAt: null })
  expect(JSON.stringify(items)).not.toMatch(/Анна|anna@/)

  const { entryId, personalHashes } = items[2]!
  const values = await client.sql<{ field: string; salt: string; value: string }[]>`
    select field, salt, value from audit_personal_values where entry_id = ${entryId}`
  expect(values.map(({ field }) => field).sort()).toEqual(['displayName', 'email'])
  for (const { field, salt, value } of values)
    expect(await saltedHash(salt, value)).toBe(personalHashes[field]!)
})

test('pages go back in time, each entry once', async () => {
  const ids: string[] = []
  let cursor = ''
  for (;;) {
    const { items, nextCursor } = await read(`?limit=2${cursor}`)
    ids.push(...items.map(({ entryId }) => entryId))
    if (!nextCursor) break
    cursor = `&cursor=${nextCursor}`
  }
  const [count] = await client.sql`select count(*)::integer as count from audit`
  expect(ids).toHaveLength(count!.count)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a refused change is not in the audit', async () => {
  const before = await read('')
  const body = { reason: 'r' }
  await client.ask('POST', `/v1/users/${admin.userId}/block`, { token: admin.token, body })
  expect(await read('')).toEqual(before)
})

test('the running role can add to the audit and change nothing in it', async () => {
  const [rights] = await client.sql`
    select has_table_privilege('client', 'audit', 'insert') as insert,
      has_table_privilege('client', 'audit', 'update') as update,
      has_table_privilege('client', 'audit', 'delete') as delete,
      has_table_privilege('client', 'audit', 'truncate') as truncate`
  expect(rights).toEqual({ insert: true, update: false, delete: false, truncate: false })
})

test('only who may reads the audit, and a wrong cursor is refused', async () => {
  const token = await client.tokenFor(crypto.randomUUID())
  expect((await client.ask('GET', '/v1/audit', { token })).status).toBe(403)
  for (const cursor of ['x', '-1', '9'.repeat(30), '1e3', ''])
    expect((await client.ask('GET', `/v1/audit?cursor=${cursor}`, { token: admin.token })).status).toBe(400)
})
