import type { Resources } from '../resources.ts'
import { type LetterKey, LetterKeysFault } from './letter-keys.ts'

const owner = 'notification'

/** The last good set is kept, so that codes can be asked for while `notification` is down. */
export const keepLetterKeys = async ({ sql, now, letterKeys }: Resources): Promise<LetterKey[]> => {
  const keys = await letterKeys()
  const row = { owner, keys: sql.json(keys), fetchedAt: now() }
  await sql`
    insert into letter_keys ${sql(row)}
    on conflict (owner) do update set keys = excluded.keys, fetched_at = excluded.fetched_at`
  return keys
}

/** From our own table; `notification` itself is asked only before the first set was ever kept. */
export const currentLetterKey = async (resources: Resources): Promise<LetterKey> => {
  const [kept] = await resources.sql<{ keys: LetterKey[] }[]>`
    select keys from letter_keys where owner = ${owner}`
  const [key] = kept?.keys ?? (await keepLetterKeys(resources))
  if (!key) throw new LetterKeysFault('the kept set is empty')
  return key
}
