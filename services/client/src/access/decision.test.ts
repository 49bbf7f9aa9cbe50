import { expect, test } from 'bun:test'
import { allows, type Grant, heldBy, permissionsOf, type Role } from '@kontora/access'
import fc from 'fast-check'

const words = ['user', 'payment', 'document']
const word = fc.constantFrom(...words)
const part = fc.constantFrom(...words, '*')
const wanted = fc.tuple(word, word).map(([resource, action]) => `${resource}:${action}`)
const permission = fc.tuple(part, part).map(([resource, action]) => `${resource}:${action}`)
const scope = fc.constantFrom(null, 'campaign:1', 'campaign:2')
const held = fc.array(fc.record({ permission, scope }), { maxLength: 6 })

const ids = ['a', 'b', 'c', 'd']
const anyRoles = fc.tuple(
  ...ids.map((roleId) =>
    fc.record({
      roleId: fc.constant(roleId),
      permissions: fc.array(permission, { maxLength: 3 }),
      includes: fc.array(fc.constantFrom(...ids, 'unknown'), { maxLength: 3 }),
    }),
  ),
) as fc.Arbitrary<Role[]>
const now = new Date('2026-11-23T09:00:00Z')
const expiresAt = fc.constantFrom(
  null,
  '2026-11-23T08:59:59.999Z',
  now.toISOString(),
  '2026-11-23T09:00:00.001Z',
)
const anyGrants: fc.Arbitrary<Grant[]> = fc.array(
  fc.record({ roleId: fc.constantFrom(...ids, 'unknown'), scope, expiresAt }),
  { maxLength: 5 },
)

test('nothing is allowed to who holds nothing, and everything to who holds *:*', () => {
  fc.assert(
    fc.property(permission, scope, (asked, where) => {
      expect(allows([], asked, where)).toBe(false)
      expect(allows([{ permission: '*:*', scope: null }], asked, where)).toBe(true)
    }),
  )
})

test('holding more never allows less', () => {
  fc.assert(
    fc.property(held, held, permission, scope, (some, more, asked, where) => {
      if (allows(some, asked, where)) expect(allows([...more, ...some], asked, where)).toBe(true)
    }),
  )
})

test('what is held in scopes alone opens nothing without a scope, and no other scope', () => {
  fc.assert(
    fc.property(held, permission, (some, asked) => {
      const scoped = some.map((one) => ({ ...one, scope: 'campaign:1' }))
      expect(allows(scoped, asked)).toBe(false)
      expect(allows(scoped, asked, 'campaign:2')).toBe(false)
      const everywhere = some.map((one) => ({ ...one, scope: null }))
      expect(allows(scoped, asked, 'campaign:1')).toBe(allows(everywhere, asked))
    }),
  )
})

test('who holds a permission with a * holds each single one that it stands for, and never the other way', () => {
  fc.assert(
    fc.property(held, permission, wanted, scope, (some, wide, single, where) => {
      const [resource, action] = wide.split(':')
      const standsFor = [single].filter((one) => {
        const [of, what] = one.split(':')
        return (resource === '*' || resource === of) && (action === '*' || action === what)
      })
      if (allows(some, wide, where)) for (const one of standsFor) expect(allows(some, one, where)).toBe(true)
      if (wide.includes('*')) expect(allows([{ permission: single, scope: null }], wide)).toBe(false)
    }),
  )
})

test('an ended grant gives nothing, and each other one gives in its scope what its role reaches', () => {
  fc.assert(
    fc.property(anyGrants, anyRoles, (grants, roles) => {
      const byId = new Map(roles.map((role) => [role.roleId, role]))
      const live = grants.filter((one) => one.expiresAt === null || one.expiresAt > now.toISOString())
      const expected = live.flatMap((one) =>
        permissionsOf(one.roleId, byId).map((each) => `${each} ${one.scope}`),
      )
      const found = heldBy(grants, roles, now).map((one) => `${one.permission} ${one.scope}`)
      expect(found.sort()).toEqual(expected.sort())
    }),
  )
})

test('a role reaches exactly the roles that a walk over the includes reaches, in circles too', () => {
  fc.assert(
    fc.property(anyRoles, (roles) => {
      const own = roles.map((role) => ({ ...role, permissions: [`own:${role.roleId}`] }))
      const byId = new Map(own.map((role) => [role.roleId, role]))
      for (const { roleId } of own) {
        const reached = new Set([roleId])
        for (let before = 0; before < reached.size; ) {
          before = reached.size
          for (const id of [...reached])
            for (const next of byId.get(id)?.includes ?? []) if (byId.has(next)) reached.add(next)
        }
        expect(permissionsOf(roleId, byId).sort()).toEqual([...reached].map((id) => `own:${id}`).sort())
      }
    }),
  )
})
