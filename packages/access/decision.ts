/** `resource:action`, with `*` for either. */
export type Role = { roleId: string; permissions: string[]; includes: string[] }
export type Grant = { roleId: string; scope: string | null; expiresAt: string | null }
/** `scope` null reaches everything. */
export type Held = { permission: string; scope: string | null }

export const covers = (held: string, wanted: string): boolean => {
  const [resource, action] = held.split(':')
  const [wantedResource, wantedAction] = wanted.split(':')
  return (resource === '*' || resource === wantedResource) && (action === '*' || action === wantedAction)
}

/** A role's own permissions and those of all that it includes; a circle of roles ends where it began. */
export const permissionsOf = (
  roleId: string,
  roles: Map<string, Role>,
  seen = new Set<string>(),
): string[] => {
  const role = roles.get(roleId)
  if (!role || seen.has(roleId)) return []
  seen.add(roleId)
  return [...role.permissions, ...role.includes.flatMap((included) => permissionsOf(included, roles, seen))]
}

export const heldBy = (grants: Grant[], roles: Role[], now: Date): Held[] => {
  const byId = new Map(roles.map((role) => [role.roleId, role]))
  return grants
    .filter(({ expiresAt }) => expiresAt === null || new Date(expiresAt) > now)
    .flatMap(({ roleId, scope }) => permissionsOf(roleId, byId).map((permission) => ({ permission, scope })))
}

/** A grant in a scope opens that scope alone; without one it opens every scope. */
export const allows = (held: Held[], wanted: string, scope: string | null = null): boolean =>
  held.some((one) => covers(one.permission, wanted) && (one.scope === null || one.scope === scope))
