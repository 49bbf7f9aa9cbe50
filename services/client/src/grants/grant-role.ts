import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { forEver, heldPermissions, lockAccess, readRoles } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { allPermissionsOf, lackedOf } from '../roles/role.ts'
import { lockUser } from '../users/lock-user.ts'
import type { NewGrant } from './grant.ts'
import { reportGrants } from './report-grants.ts'

type Granted = NewGrant & { userId: string }

export const grantRole = (
  resources: WriteResources,
  who: Actor,
  grant: Granted,
): Promise<{ grantId: string }> =>
  transaction(resources.sql, async (tx) => {
    if (grant.expiresAt && grant.expiresAt <= resources.now())
      throw new Problem('invalid-input', 'The json is wrong', { fields: { expiresAt: 'a time to come' } })
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'grant:manage', at: resources.now() })
    await checkGiver(tx, who, grant)
    return addGrant(tx, resources, who, grant)
  })

/** The giver holds it all, in this scope and for as long, or a grant of an hour would be turned into one for ever. */
const checkGiver = async (
  tx: Transaction,
  who: Actor,
  { roleId, scope, expiresAt }: Granted,
): Promise<void> => {
  const roles = await readRoles(tx)
  if (!roles.some((role) => role.roleId === roleId))
    throw new Problem('invalid-input', 'The json is wrong', { fields: { roleId: 'the id of a role' } })
  const lastMoment = expiresAt ? new Date(expiresAt.getTime() - 1) : forEver
  const held = await heldPermissions(tx, who.id, lastMoment)
  if (lackedOf(allPermissionsOf(roleId, roles), held, scope ?? null).length > 0)
    throw new Problem('forbidden', 'Nobody grants what he lacks', {
      fields: { roleId: 'a role of what you hold yourself, in this scope and for as long' },
    })
}

/** Without the question whether `who` holds all that. */
export const addGrant = async (
  tx: Transaction,
  resources: WriteResources,
  who: Actor,
  { userId, roleId, scope, expiresAt }: Granted,
): Promise<{ grantId: string }> => {
  const { grantsVersion } = await lockUser(tx, userId)
  const grantId = resources.newId()
  const time = resources.now()
  const limits = { scope: scope ?? null, expiresAt: expiresAt ?? null }
  await tx`delete from grants where user_id = ${userId} and role_id = ${roleId} and expires_at <= ${time}`
  const [added] = await tx`
    insert into grants ${tx({ grantId, userId, roleId, ...limits, grantedBy: who.id, grantedAt: time })}
    on conflict (user_id, role_id, scope) do nothing returning grant_id`
  if (!added) throw new Problem('conflict', 'This role is granted to him already')
  const details = { grantId, roleId, ...limits }
  await recordChange(tx, resources, who, { action: 'grant:create', subject: userId, details })
  await reportGrants(tx, resources, userId, grantsVersion + 1)
  return { grantId }
}
