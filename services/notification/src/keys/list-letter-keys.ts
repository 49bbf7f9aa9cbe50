import type { Sql } from '@kontora/postgres'
import { currentAndNext, type LetterKey } from './letter-key.ts'

/** For an operator: ids and times, nothing of the keys themselves. */
export const listLetterKeys = async (sql: Sql, now: Date): Promise<string> => {
  const keys = await sql<LetterKey[]>`
    select kid, made_at, coalesce(used_from, made_at) as used_from, retired_at from letter_keys order by made_at`
  const { current } = currentAndNext(
    keys.filter(({ retiredAt }) => retiredAt === null),
    now,
  )
  const standing = ({ kid, usedFrom, retiredAt }: LetterKey): string => {
    if (retiredAt) return `retired ${retiredAt.toISOString()}`
    return kid === current?.kid
      ? 'current'
      : `${usedFrom > now ? 'from' : 'until now, from'} ${usedFrom.toISOString()}`
  }
  return keys.map((key) => `${key.kid}  made ${key.madeAt.toISOString()}  ${standing(key)}`).join('\n')
}
