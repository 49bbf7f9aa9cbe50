import { allows, type Held, permissionsOf, type Role } from '@kontora/access'
import { Id, Name } from '@kontora/validation'
import * as v from 'valibot'

const Permission = v.pipe(
  v.string(),
  v.regex(/^(?:[a-z][a-z0-9-]{0,39}|\*):(?:[a-z][a-z0-9-]{0,39}|\*)$/, 'resource:action, or * for either'),
)

const sorted = (list: string[]): string[] => [...new Set(list)].sort()

export const RoleContent = v.strictObject({
  name: Name(100),
  permissions: v.pipe(v.array(Permission), v.maxLength(200), v.transform(sorted)),
  includes: v.optional(v.pipe(v.array(Id), v.maxLength(50), v.transform(sorted)), []),
})
export type RoleContent = v.InferOutput<typeof RoleContent>

export const RoleAnswer = v.object({
  roleId: Id,
  name: v.string(),
  permissions: v.array(v.string()),
  includes: v.array(Id),
  version: v.number(),
})
export type RoleAnswer = v.InferOutput<typeof RoleAnswer>

/** All that the role gives, its included roles' permissions too. */
export const allPermissionsOf = (roleId: string, roles: Role[]): string[] =>
  permissionsOf(roleId, new Map(roles.map((role) => [role.roleId, role])))

/** Whether a role comes back to itself through those that it includes. */
export const isInCircle = (roleId: string, roles: Role[]): boolean => {
  const byId = new Map(roles.map((role) => [role.roleId, role]))
  const seen = new Set<string>()
  const reach = (from: string): boolean =>
    (byId.get(from)?.includes ?? []).some((included) => {
      if (included === roleId) return true
      if (seen.has(included)) return false
      seen.add(included)
      return reach(included)
    })
  return reach(roleId)
}

/** Permissions that `held` does not cover in this scope. */
export const lackedOf = (permissions: string[], held: Held[], scope: string | null = null): string[] =>
  permissions.filter((permission) => !allows(held, permission, scope))
