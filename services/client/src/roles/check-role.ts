import type { Role } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { forEver, heldPermissions, readRoles } from '../access/held-permissions.ts'
import type { Actor } from '../actor.ts'
import { allPermissionsOf, isInCircle, lackedOf } from './role.ts'

const wrong = (field: string, expectation: string) =>
  new Problem('invalid-input', 'The json is wrong', { fields: { [field]: expectation } })

/**
 * Asked before the role is written, under `lockAccess`. A role is granted for any time and in any scope, so who adds to it or takes
 * from it holds that without either: an emptied one could be granted, and would be filled again by who may. The rest may stay.
 */
export const checkRole = async (tx: Transaction, who: Actor, role: Role): Promise<void> => {
  const before = await readRoles(tx)
  const known = new Set(before.map(({ roleId }) => roleId))
  if (role.includes.some((roleId) => roleId !== role.roleId && !known.has(roleId)))
    throw wrong('includes', 'ids of roles')

  const after = [...before.filter(({ roleId }) => roleId !== role.roleId), role]
  if (isInCircle(role.roleId, after)) throw wrong('includes', 'no circle of roles')

  const gave = allPermissionsOf(role.roleId, before)
  const gives = allPermissionsOf(role.roleId, after)
  const changed = [...gave, ...gives].filter((one) => !gave.includes(one) || !gives.includes(one))
  if (changed.length > 0 && lackedOf(changed, await heldPermissions(tx, who.id, forEver)).length > 0)
    throw new Problem('forbidden', 'Nobody puts into a role, nor takes from it, what he lacks', {
      fields: { permissions: 'only what you hold yourself, without scope or expiry' },
    })
}
