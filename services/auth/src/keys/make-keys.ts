import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Chance, Seal } from '@kontora/service'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { KeyState } from './signing-key.ts'

export type KeyMaker = { sql: Sql; seal: Seal } & Pick<Chance, 'now'>

const lock = 5_121_601

/** Replicas that start at once make one pair of keys between them. */
export const lockKeys = (tx: Transaction) => tx`select pg_advisory_xact_lock(${lock})`

/** At first need: a key that signs and the next one, published beside it from the beginning. */
export const makeMissingKeys = (maker: KeyMaker): Promise<void> =>
  transaction(maker.sql, async (tx) => {
    await lockKeys(tx)
    const known = await tx<{ state: KeyState }[]>`select state from signing_keys where state <> 'retired'`
    for (const state of ['current', 'next'] as const)
      if (!known.some((key) => key.state === state)) await makeKey(tx, maker, state)
  })

export const makeKey = async (
  tx: Transaction,
  { seal, now }: KeyMaker,
  state: 'current' | 'next',
): Promise<string> => {
  const pair = await generateKeyPair('Ed25519', { extractable: true })
  const { d: _, ...publicKey } = await exportJWK(pair.publicKey)
  const id = await calculateJwkThumbprint(publicKey)
  const privateKeySealed = await seal.close(
    'signing-key',
    JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: id }),
  )
  const time = now()
  await tx`insert into signing_keys ${tx({
    id,
    state,
    publicKey: tx.json({ ...publicKey, kid: id, use: 'sig', alg: 'EdDSA' }),
    privateKeySealed,
    madeAt: time,
    signsFrom: state === 'current' ? time : null,
  })}`
  return id
}
