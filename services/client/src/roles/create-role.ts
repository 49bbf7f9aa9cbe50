import { applyRole } from '@kontora/access'
import { clientRoleChanged, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { lockAccess } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { checkRole } from './check-role.ts'
import type { RoleAnswer, RoleContent } from './role.ts'

export const createRole = (
  resources: WriteResources,
  who: Actor,
  content: RoleContent,
): Promise<RoleAnswer> =>
  transaction(resources.sql, async (tx) => {
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'role:manage', at: resources.now() })
    const role = { roleId: resources.newId(), ...content }
    await checkRole(tx, who, role)
    return addRole(tx, resources, who, role)
  })

/** Without the question whether `who` holds all that: for the first administrator, before whom nobody holds anything. */
export const addRole = async (
  tx: Transaction,
  resources: WriteResources,
  who: Actor,
  { roleId, name, permissions, includes }: RoleContent & { roleId: string },
): Promise<RoleAnswer> => {
  const { now, newId } = resources
  const time = now()
  const version = 1
  const lists = { permissions: tx.json(permissions), includes: tx.json(includes) }
  const [added] = await tx`
    insert into roles ${tx({ roleId, name, ...lists, version, createdAt: time, changedAt: time })}
    on conflict (name) do nothing returning role_id`
  if (!added) throw nameTaken()
  const details = { name, permissions, includes }
  await recordChange(tx, resources, who, { action: 'role:create', subject: roleId, details })
  const state = { roleId, version, permissions, includes }
  await applyRole(tx, state)
  await emit(tx, clientRoleChanged, { id: newId(), subject: roleId, time }, state)
  return { name, ...state }
}

export const nameTaken = () =>
  new Problem('conflict', 'This name is taken', { fields: { name: 'a name not taken yet' } })
