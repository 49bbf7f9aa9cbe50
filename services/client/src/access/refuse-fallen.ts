import { allows } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type Actor, operator } from '../actor.ts'
import { heldPermissions } from './held-permissions.ts'

/**
 * Asked again under `lockAccess`: the guard's read model may be a moment old, and in that moment whoever was just blocked would
 * unblock himself, or block the one who did it.
 */
export const refuseFallen = async (
  tx: Transaction,
  who: Actor,
  { permission, at }: { permission: string; at: Date },
): Promise<void> => {
  if (who.id === operator.id) return
  if (!allows(await heldPermissions(tx, who.id, at), permission))
    throw new Problem('forbidden', `This needs ${permission}`)
}
