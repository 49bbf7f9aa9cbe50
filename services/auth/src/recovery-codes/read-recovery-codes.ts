import type { Sql } from '@kontora/postgres'

export const recoveryCodesLeft = async (
  sql: Sql,
  userId: string,
): Promise<{ left: number; madeAt: Date | null }> => {
  const [row] = await sql<{ left: number; madeAt: Date | null }[]>`
    select count(*) filter (where used_at is null)::integer as left, max(made_at) as made_at
    from recovery_codes where user_id = ${userId}`
  return row ?? { left: 0, madeAt: null }
}
