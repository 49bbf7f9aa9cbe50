import { applyGrants } from '@kontora/access'
import { clientGrantsChanged, emit } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

type Row = { roleId: string; scope: string | null; expiresAt: Date | null }

/** Tells all that the user has now, and has it hold here at once. Under the lock of his row. */
export const reportGrants = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  userId: string,
  version: number,
): Promise<void> => {
  const rows = await tx<Row[]>`
    select role_id, scope, expires_at from grants where user_id = ${userId} order by grant_id`
  const grants = rows.map((row) => ({ ...row, expiresAt: row.expiresAt?.toISOString() ?? null }))
  await tx`update users set grants_version = ${version} where user_id = ${userId}`
  const state = { userId, version, grants }
  await applyGrants(tx, state)
  await emit(tx, clientGrantsChanged, { id: newId(), subject: userId, time: now() }, state)
}
