import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Resources } from '../resources.ts'
import { currentAndNext, keyPurpose, type LetterKey } from './letter-key.ts'

export type KeyResources = Pick<Resources, 'sql' | 'seal' | 'now' | 'newId'>
type Unretired = LetterKey & { publicKey: JWK }

/** Public keys that letters to us may be encrypted with, the one to use first; the first of all is made when it is first asked for. */
export const currentLetterKeys = async (resources: KeyResources): Promise<JWK[]> => {
  const known = await readPublished(resources)
  if (known.length > 0) return known
  await transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    if ((await readUnretired(tx)).length === 0) await makeKey(tx, resources, resources.now())
  })
  return readPublished(resources)
}

export const readUnretired = (sql: Sql): Promise<Unretired[]> =>
  sql<Unretired[]>`
    select kid, public_key, made_at, coalesce(used_from, made_at) as used_from, retired_at
    from letter_keys where retired_at is null`

const readPublished = async ({ sql, now }: Pick<KeyResources, 'sql' | 'now'>): Promise<JWK[]> => {
  const { current, next } = currentAndNext(await readUnretired(sql), now())
  return [current, next].flatMap((key) => key?.publicKey ?? [])
}

export const lockKeys = async (tx: Transaction): Promise<void> => {
  await tx`select pg_advisory_xact_lock(hashtextextended('letter-keys', 0))`
}

export const makeKey = async (
  tx: Transaction,
  { seal, now, newId }: KeyResources,
  usedFrom: Date,
): Promise<string> => {
  const kid = newId()
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const [publicKey, privateKey] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  const row = {
    kid,
    publicKey: tx.json({ ...publicKey, kid, use: 'enc', alg: 'ECDH-ES' } as never),
    privateKeySealed: await seal.seal(keyPurpose(kid), JSON.stringify(privateKey)),
    madeAt: now(),
    usedFrom,
  }
  await tx`insert into letter_keys ${tx(row)}`
  return kid
}
