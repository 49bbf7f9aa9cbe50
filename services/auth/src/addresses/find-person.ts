import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Email, Id } from '@kontora/validation'
import * as v from 'valibot'
import type { Pepper } from '../secrets/pepper.ts'

/** `userId` is null for an address that nobody has signed in with. Hashes of addresses under every accepted key, one at least. */
export type Person = { userId: string | null; addressHashes: string[] }

type Finding = { sql: Sql; pepper: Pepper }

/** As an operator names him, by id or e-mail; undefined for a text that is neither. The address is hashed and goes no further. */
export const findPerson = async (finding: Finding, text: string | undefined): Promise<Person | undefined> => {
  if (v.is(Id, text)) return { userId: text, addressHashes: await hashesOf(finding, text) }
  const email = v.safeParse(Email, text)
  if (!email.success) return undefined
  const addressHashes = await finding.pepper.each('address', email.output)
  return { userId: await ownerOf(finding, addressHashes), addressHashes }
}

export const findUserId = async (finding: Finding, text: string | undefined): Promise<string> => {
  const person = await findPerson(finding, text)
  if (!person) throw new Problem('invalid-input', 'A person is named by his user id or his e-mail')
  if (person.userId === null)
    throw new Problem('not-found', 'Nobody has signed in with this address; `client` may know his user id')
  return person.userId
}

const hashesOf = async ({ sql }: Finding, userId: string): Promise<string[]> => {
  const rows = await sql<{ addressHash: string }[]>`
    select address_hash from known_addresses where user_id = ${userId}
    union select address_hash from flows where user_id = ${userId}`
  // An empty list is no SQL, and this is no hash.
  return rows.length > 0 ? rows.map(({ addressHash }) => addressHash) : ['']
}

/** Our own memory, or the flow that `client` has just told of. */
const ownerOf = async ({ sql }: Finding, addressHashes: string[]): Promise<string | null> => {
  const [known] = await sql<{ userId: string }[]>`
    select user_id, confirmed_at as at from known_addresses where address_hash in ${sql(addressHashes)}
    union all select user_id, begun_at from flows where address_hash in ${sql(addressHashes)} and user_id is not null
    order by at desc limit 1`
  return known?.userId ?? null
}
