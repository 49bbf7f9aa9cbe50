import type { Resources } from '../resources.ts'
import { keptMs } from './letter-key.ts'

export const eraseOldKeys = async ({ sql, now }: Pick<Resources, 'sql' | 'now'>): Promise<number> => {
  const before = new Date(now().getTime() - keptMs)
  const erased = await sql`delete from letter_keys where retired_at < ${before} returning kid`
  return erased.length
}
