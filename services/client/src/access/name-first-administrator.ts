import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type Actor, operator } from '../actor.ts'
import { registerAddress } from '../addresses/register-address.ts'
import { addGrant } from '../grants/grant-role.ts'
import type { WriteResources } from '../resources.ts'
import { addRole } from '../roles/create-role.ts'
import { readAdministrators } from './administrators.ts'
import { lockAccess } from './held-permissions.ts'

const name = 'Administrator'

/** Once: who comes next is named by him. */
export const nameFirstAdministrator = (
  resources: WriteResources,
  who: Actor,
  { email }: { email: string },
): Promise<{ userId: string; known: boolean }> =>
  transaction(resources.sql, async (tx) => {
    await lockAccess(tx)
    const within = { ...resources, sql: tx }
    const known = await readAdministrators(tx)
    if (known.length > 0) {
      const [user] = await tx<{ userId: string }[]>`select user_id from addresses where email = ${email}`
      if (user && known.includes(user.userId)) return { userId: user.userId, known: true }
      throw new Problem('conflict', 'There is an administrator already')
    }
    const { userId } = await registerAddress(within, who, { email, locale: 'ru' })
    await addGrant(tx, within, who, { userId, roleId: await administratorRole(tx, within) })
    return { userId, known: false }
  })

const administratorRole = async (tx: Transaction, resources: WriteResources): Promise<string> => {
  const [known] = await tx<{ roleId: string }[]>`
    select role_id from roles where name = ${name} and permissions ? '*:*'`
  if (known) return known.roleId
  const role = { roleId: resources.newId(), name, permissions: ['*:*'], includes: [] }
  return (await addRole(tx, resources, operator, role)).roleId
}
