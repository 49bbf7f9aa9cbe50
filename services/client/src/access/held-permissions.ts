import { type Grant, type Held, heldBy, type Role } from '@kontora/access'
import type { Sql, Transaction } from '@kontora/postgres'

/** Roles, grants and blocks change one after another, so that no two changes together take the last administrator away. */
export const lockAccess = async (tx: Transaction): Promise<void> => {
  await tx`select pg_advisory_xact_lock(hashtextextended('changes of access', 0))`
}

export const readRoles = (sql: Sql): Promise<Role[]> => sql<Role[]>`
  select role_id, permissions, includes from roles`

/** From the master's own tables, not from the read model, which may be a moment old. A blocked person holds nothing. */
export const heldPermissions = async (sql: Sql, userId: string, at: Date): Promise<Held[]> => {
  const grants = await sql<{ roleId: string; scope: string | null; expiresAt: Date | null }[]>`
    select role_id, scope, expires_at from grants join users using (user_id)
    where user_id = ${userId} and state = 'active'`
  const plain: Grant[] = grants.map((grant) => ({
    ...grant,
    expiresAt: grant.expiresAt?.toISOString() ?? null,
  }))
  return heldBy(plain, await readRoles(sql), at)
}

/** Later than every expiry: what is held then is held for ever. */
export const forEver = new Date(8.64e15)
