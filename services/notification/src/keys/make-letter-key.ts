import { type Transaction, transaction } from '@kontora/postgres'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Resources } from '../resources.ts'
import { keyPurpose } from './letter-key.ts'

type KeyResources = Pick<Resources, 'sql' | 'seal' | 'now' | 'newId'>

/** Public keys that letters to us may be encrypted with; the first is made when it is first asked for. */
export const currentLetterKeys = async (resources: KeyResources): Promise<JWK[]> => {
  const known = await readCurrent(resources)
  if (known.length > 0) return known
  await transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    if ((await readCurrent({ sql: tx })).length === 0) await makeKey(tx, resources)
  })
  return readCurrent(resources)
}

/** A new current key. The old one goes on opening what was encrypted with it. */
export const rotateLetterKey = (resources: KeyResources): Promise<string> =>
  transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    await tx`update letter_keys set retired_at = ${resources.now()} where retired_at is null`
    return makeKey(tx, resources)
  })

const readCurrent = async ({ sql }: Pick<KeyResources, 'sql'>): Promise<JWK[]> => {
  const rows = await sql<{ publicKey: JWK }[]>`select public_key from letter_keys where retired_at is null`
  return rows.map(({ publicKey }) => publicKey)
}

const lockKeys = async (tx: Transaction): Promise<void> => {
  await tx`select pg_advisory_xact_lock(hashtextextended('letter-keys', 0))`
}

const makeKey = async (tx: Transaction, { seal, now, newId }: KeyResources): Promise<string> => {
  const kid = newId()
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const [publicKey, privateKey] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  const row = {
    kid,
    publicKey: tx.json({ ...publicKey, kid, use: 'enc', alg: 'ECDH-ES' } as never),
    privateKeySealed: await seal.seal(keyPurpose(kid), JSON.stringify(privateKey)),
    madeAt: now(),
  }
  await tx`insert into letter_keys ${tx(row)}`
  return kid
}
