import { expect, test } from 'bun:test'
import { allows, heldBy, permissionsOf, type Role } from './index.ts'

const now = new Date('2026-11-23T09:00:00Z')
const held = (permission: string, scope: string | null = null) => [{ permission, scope }]

test('a star stands for any resource or any action, a part of a word for nothing', () => {
  expect(allows(held('payment:refund'), 'payment:refund')).toBe(true)
  expect(allows(held('payment:*'), 'payment:refund')).toBe(true)
  expect(allows(held('*:refund'), 'payment:refund')).toBe(true)
  expect(allows(held('*:*'), 'payment:refund')).toBe(true)
  expect(allows(held('pay*:refund'), 'payment:refund')).toBe(false)
  expect(allows(held('payment:ref'), 'payment:refund')).toBe(false)
  expect(allows([], 'payment:refund')).toBe(false)
})

test('a grant in a scope opens that scope alone, one without opens every scope', () => {
  expect(allows(held('a:b', 'campaign:1'), 'a:b', 'campaign:1')).toBe(true)
  expect(allows(held('a:b', 'campaign:1'), 'a:b', 'campaign:2')).toBe(false)
  expect(allows(held('a:b', 'campaign:1'), 'a:b')).toBe(false)
  expect(allows(held('a:b'), 'a:b', 'campaign:2')).toBe(true)
})

test('a role brings what it includes, a circle of roles ends, an unknown one brings nothing', () => {
  const role = (roleId: string, permissions: string[], includes: string[]): Role => ({
    roleId,
    permissions,
    includes,
  })
  const roles = [role('a', ['x:1'], ['b', 'gone']), role('b', ['x:2'], ['c']), role('c', ['x:3'], ['a'])]
  const byId = new Map(roles.map((one) => [one.roleId, one]))
  expect(permissionsOf('a', byId).sort()).toEqual(['x:1', 'x:2', 'x:3'])
  expect(permissionsOf('gone', byId)).toEqual([])
})

test('a grant ends at its moment', () => {
  const roles = [{ roleId: 'a', permissions: ['x:1'], includes: [] }]
  const grant = (expiresAt: string | null) => [{ roleId: 'a', scope: null, expiresAt }]
  expect(heldBy(grant(null), roles, now)).toHaveLength(1)
  expect(heldBy(grant('2026-11-23T09:00:01Z'), roles, now)).toHaveLength(1)
  expect(heldBy(grant('2026-11-23T09:00:00Z'), roles, now)).toHaveLength(0)
})
