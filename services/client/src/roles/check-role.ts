import type { Role } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { forEver, heldPermissions, readRoles } from '../access/held-permissions.ts'
import type { Actor } from '../actor.ts'
import { allPermissionsOf, isInCircle, lackedOf } from './role.ts'

const wrong = (field: string, expectation: string) =>
  new Problem('invalid-input', 'The json is wrong', { fields: { [field]: expectation } })

/**
 * Asked before the role is written, under `lockAccess`. A role is granted for any time and in any scope, so who adds to it holds
 * what he adds without either; what the role gave before may stay.
 */
export const checkRole = async (tx: Transaction, who: Actor, role: Role): Promise<void> => {
  const before = await readRoles(tx)
  const known = new Set(before.map(({ roleId }) => roleId))
  if (role.includes.some((roleId) => roleId !== role.roleId && !known.has(roleId)))
    throw wrong('includes', 'ids of roles')

  const after = [...before.filter(({ roleId }) => roleId !== role.roleId), role]
  if (isInCircle(role.roleId, after)) throw wrong('includes', 'no circle of roles')

  const given = new Set(allPermissionsOf(role.roleId, before))
  const added = allPermissionsOf(role.roleId, after).filter((permission) => !given.has(permission))
  if (added.length > 0 && lackedOf(added, await heldPermissions(tx, who.id, forEver)).length > 0)
    throw new Problem('forbidden', 'Nobody puts into a role what he lacks', {
      fields: { permissions: 'only what you hold yourself, without scope or expiry' },
    })
}
