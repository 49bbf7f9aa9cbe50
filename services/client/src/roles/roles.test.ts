import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Role } from '@kontora/access'
import fc from 'fast-check'
import { openTestClient } from '../testing.node.ts'
import { allPermissionsOf, isInCircle } from './role.ts'

let client: Awaited<ReturnType<typeof openTestClient>>
let token: string
beforeAll(async () => {
  client = await openTestClient()
  token = (await client.firstAdministrator()).token
})
afterAll(() => client.close())

const create = (body: unknown) => client.ask('POST', '/v1/roles', { token, body })

test('a role is told with its full state and a version that each change bumps', async () => {
  const created = await create({
    name: 'Clerk',
    permissions: ['invoice:read', 'invoice:issue', 'invoice:read'],
  })
  expect(created.status).toBe(201)
  const role = (await created.json()) as { roleId: string }
  const { roleId } = role
  const permissions = ['invoice:issue', 'invoice:read']
  expect(role).toEqual({ roleId, name: 'Clerk', permissions, includes: [], version: 1 } as never)
  const body = { name: 'Senior clerk', permissions: ['invoice:*'] }
  const changed = await client.ask('PUT', `/v1/roles/${roleId}`, { token, body })
  expect(await changed.json()).toEqual({ roleId, ...body, includes: [], version: 2 })
  expect((await client.eventsOf(roleId)).map(({ data }) => data)).toEqual([
    { roleId, version: 1, permissions, includes: [] },
    { roleId, version: 2, permissions: ['invoice:*'], includes: [] },
  ])
  const listed = (await (await client.ask('GET', '/v1/roles', { token })).json()) as {
    items: { name: string }[]
  }
  expect(listed.items.map(({ name }) => name)).toEqual(['Administrator', 'Senior clerk'])
})

test('a name is taken once', async () => {
  const answer = await create({ name: 'Administrator', permissions: [] })
  expect(answer.status).toBe(409)
  expect(await answer.json()).toMatchObject({ fields: { name: expect.any(String) } })
  const other = (await (await create({ name: 'Other', permissions: [] })).json()) as { roleId: string }
  const body = { name: 'Administrator', permissions: [] }
  expect((await client.ask('PUT', `/v1/roles/${other.roleId}`, { token, body })).status).toBe(409)
  expect((await client.ask('PUT', `/v1/roles/${crypto.randomUUID()}`, { token, body })).status).toBe(404)
})

test('what is no permission is refused', async () => {
  for (const permission of ['', 'all', '*', 'a:b:c', 'A:b', 'a:', ':b', '**:*', 'a :b', 'a:b\u0000', 7, null])
    expect((await create({ name: 'Wrong', permissions: [permission] })).status).toBe(400)
})

const ids = ['a', 'b', 'c', 'd', 'e']
const anyRoles = fc
  .array(fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 }), { minLength: 5, maxLength: 5 })
  .map((includes) =>
    ids.map((roleId, i): Role => ({ roleId, permissions: [`own:${roleId}`], includes: includes[i] ?? [] })),
  )

test('a role is in a circle exactly when one that it includes gives what it gives itself', () => {
  fc.assert(
    fc.property(anyRoles, (roles) => {
      for (const { roleId, includes } of roles) {
        const comesBack = includes.some((id) => allPermissionsOf(id, roles).includes(`own:${roleId}`))
        expect(isInCircle(roleId, roles)).toBe(comesBack)
      }
    }),
  )
})
