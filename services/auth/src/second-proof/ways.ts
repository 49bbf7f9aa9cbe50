import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'

/** By what a session was proven a second time. */
export type SecondProof = 'passkey' | 'code' | 'recovery-code'

/** A code is for who has no passkey: a letter never stands in for one, a recovery code does. */
export const waysOf = async (sql: Sql, userId: string): Promise<SecondProof[]> => {
  const [row] = await sql<{ hasPasskey: boolean; hasCodes: boolean }[]>`
    select exists (select 1 from passkeys where user_id = ${userId}) as has_passkey,
      exists (select 1 from recovery_codes where user_id = ${userId} and used_at is null) as has_codes`
  return [row?.hasPasskey ? 'passkey' : 'code', ...(row?.hasCodes ? (['recovery-code'] as const) : [])]
}

export const refuseDowngrade = async (sql: Sql, userId: string): Promise<void> => {
  if (!(await waysOf(sql, userId)).includes('code'))
    throw new Problem('conflict', 'Prove yourself by your passkey or a recovery code')
}
