import { applyRole } from '@kontora/access'
import { clientRoleChanged, emit } from '@kontora/events'
import { isUniqueViolation, type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { keepingAnAdministrator } from '../access/administrators.ts'
import { lockAccess } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { checkRole } from './check-role.ts'
import { nameTaken } from './create-role.ts'
import type { RoleAnswer, RoleContent } from './role.ts'

type Change = RoleContent & { roleId: string }

export const changeRole = (resources: WriteResources, who: Actor, change: Change): Promise<RoleAnswer> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const { roleId, name, permissions, includes } = change
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'role:manage', at: now() })
    const [role] = await tx<{ version: number }[]>`
      select version from roles where role_id = ${roleId} for update`
    if (!role) throw new Problem('not-found', 'No such role')
    await checkRole(tx, who, change)

    const time = now()
    const version = role.version + 1
    await keepingAnAdministrator(tx, () => writeRole(tx, { ...change, version, time }))
    const details = { name, permissions, includes }
    await recordChange(tx, resources, who, { action: 'role:change', subject: roleId, details })
    const state = { roleId, version, permissions, includes }
    await applyRole(tx, state)
    await emit(tx, clientRoleChanged, { id: newId(), subject: roleId, time }, state)
    return { name, ...state }
  })

const writeRole = async (
  tx: Transaction,
  { roleId, name, permissions, includes, version, time }: Change & { version: number; time: Date },
): Promise<void> => {
  try {
    await tx`
      update roles set name = ${name}, permissions = ${tx.json(permissions)}, includes = ${tx.json(includes)},
        version = ${version}, changed_at = ${time}
      where role_id = ${roleId}`
  } catch (error) {
    if (isUniqueViolation(error, 'roles_name_key')) throw nameTaken()
    throw error
  }
}
