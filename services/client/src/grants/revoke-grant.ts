import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { keepingAnAdministrator } from '../access/administrators.ts'
import { lockAccess } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { lockUser } from '../users/lock-user.ts'
import { reportGrants } from './report-grants.ts'

export const revokeGrant = (
  resources: WriteResources,
  who: Actor,
  { userId, grantId }: { userId: string; grantId: string },
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'grant:manage', at: resources.now() })
    const { grantsVersion } = await lockUser(tx, userId)
    const [gone] = await keepingAnAdministrator(
      tx,
      () => tx<{ roleId: string; scope: string | null }[]>`
        delete from grants where grant_id = ${grantId} and user_id = ${userId} returning role_id, scope`,
    )
    if (!gone) throw new Problem('not-found', 'No such grant')
    const details = { grantId, ...gone }
    await recordChange(tx, resources, who, { action: 'grant:revoke', subject: userId, details })
    await reportGrants(tx, resources, userId, grantsVersion + 1)
  })
