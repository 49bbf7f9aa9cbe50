import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type KeyMaker, lockKeys, makeKey, makeMissingKeys } from './make-keys.ts'
import { isDue, isKnownToAll, type SigningKey } from './signing-key.ts'

type Rotation = { signs: string; next: string; retired: string }

/** The next key signs, the current one only verifies from now on, a new next one is published. */
export const rotateKeys = async (maker: KeyMaker, { force = false } = {}): Promise<Rotation> => {
  await makeMissingKeys(maker)
  return transaction(maker.sql, async (tx) => {
    await lockKeys(tx)
    const [current, next] = await tx<SigningKey[]>`
      select id, state, made_at from signing_keys where state <> 'retired' order by state`
    if (!current || !next) throw new Error('A signing key is missing')
    const time = maker.now()
    if (!force && !isKnownToAll(next, time))
      throw new Problem('conflict', 'The next key was published less than 10 minutes ago')
    await tx`update signing_keys set state = 'retired', retired_at = ${time} where id = ${current.id}`
    await tx`update signing_keys set state = 'current', signs_from = ${time} where id = ${next.id}`
    return { signs: next.id, next: await makeKey(tx, maker, 'next'), retired: current.id }
  })
}

/** The job: rotates a key that has signed for 30 days. */
export const rotateDueKeys = async (maker: KeyMaker): Promise<number> => {
  const [current] = await maker.sql<SigningKey[]>`
    select id, signs_from from signing_keys where state = 'current'`
  if (!current || !isDue(current, maker.now())) return 0
  await rotateKeys(maker)
  return 1
}
