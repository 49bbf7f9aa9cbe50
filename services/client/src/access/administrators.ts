import { permissionsOf } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { readRoles } from './held-permissions.ts'

/** Who holds `*:*` without scope or expiry and is not blocked. */
export const readAdministrators = async (tx: Transaction): Promise<string[]> => {
  const roles = await readRoles(tx)
  const byId = new Map(roles.map((role) => [role.roleId, role]))
  const ruling = roles.flatMap(({ roleId }) => (permissionsOf(roleId, byId).includes('*:*') ? [roleId] : []))
  if (ruling.length === 0) return []
  const rows = await tx<{ userId: string }[]>`
    select distinct user_id from grants join users using (user_id)
    where role_id in ${tx(ruling)} and scope is null and expires_at is null and state = 'active'`
  return rows.map(({ userId }) => userId)
}

/** Undoes a change after which nobody could administer any more. Under `lockAccess`. */
export const keepingAnAdministrator = async <Result>(
  tx: Transaction,
  change: () => Promise<Result>,
): Promise<Result> => {
  const before = await readAdministrators(tx)
  const result = await change()
  if (before.length > 0 && (await readAdministrators(tx)).length === 0)
    throw new Problem('conflict', 'The last administrator stays')
  return result
}
