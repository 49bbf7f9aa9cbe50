import { applyBlock } from '@kontora/access'
import { clientUserUnblocked, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { lockAccess } from '../access/held-permissions.ts'
import { refuseFallen } from '../access/refuse-fallen.ts'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { lockUser } from '../users/lock-user.ts'

/** Tokens from before stay refused. Unblocking whom is not blocked changes nothing. */
export const unblockUser = (
  resources: WriteResources,
  who: Actor,
  { userId }: { userId: string },
): Promise<{ userId: string; state: 'active' }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    await lockAccess(tx)
    await refuseFallen(tx, who, { permission: 'user:block', at: now() })
    const user = await lockUser(tx, userId)
    if (user.state === 'active') return { userId, state: 'active' }

    const time = now()
    const version = user.version + 1
    await tx`
      update users set state = 'active', version = ${version}, tokens_not_before = ${time}
      where user_id = ${userId}`
    await recordChange(tx, resources, who, { action: 'user:unblock', subject: userId })
    await applyBlock(tx, { userId, version, blocked: false, tokensNotBefore: time })
    await emit(
      tx,
      clientUserUnblocked,
      { id: newId(), subject: userId, time },
      { userId, version, tokensNotBefore: time.toISOString() },
    )
    return { userId, state: 'active' }
  })
