import { applyBlock } from '@kontora/access'
import { clientUserBlocked, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import { keepingAnAdministrator } from '../access/administrators.ts'
import { lockAccess } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { lockUser } from '../users/lock-user.ts'

export const BlockReason = v.strictObject({ reason: Text(500) })

/** Blocking whom is blocked changes nothing. */
export const blockUser = (
  resources: WriteResources,
  who: Actor,
  { userId, reason }: { userId: string; reason: string },
): Promise<{ userId: string; state: 'blocked' }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    if (userId === who.id) throw new Problem('conflict', 'Nobody blocks himself')
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'user:block', at: now() })
    const user = await lockUser(tx, userId)
    if (user.state === 'blocked') return { userId, state: 'blocked' }

    const version = user.version + 1
    await keepingAnAdministrator(
      tx,
      () => tx`update users set state = 'blocked', version = ${version} where user_id = ${userId}`,
    )
    await recordChange(tx, resources, who, { action: 'user:block', subject: userId, personal: { reason } })
    await applyBlock(tx, { userId, version, blocked: true, tokensNotBefore: null })
    await emit(tx, clientUserBlocked, { id: newId(), subject: userId, time: now() }, { userId, version })
    return { userId, state: 'blocked' }
  })
