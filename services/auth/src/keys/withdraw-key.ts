import { keepWithdrawnKey } from '@kontora/access'
import { authKeyWithdrawn, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { type Chance, Problem } from '@kontora/service'
import { type KeyMaker, lockKeys, makeKey } from './make-keys.ts'
import type { SigningKey } from './signing-key.ts'

type Withdrawing = KeyMaker & Pick<Chance, 'newId'>
type Known = Pick<SigningKey, 'id' | 'state' | 'withdrawnAt'>

/**
 * For a key that was stolen: it leaves the JWKS, another signs, and every service refuses its tokens. Nobody is signed out, for
 * refresh tokens are none of its. A repeat changes nothing.
 */
export const withdrawKey = (
  resources: Withdrawing,
  keyId: string,
): Promise<{ withdrawn: string; signs: string }> =>
  transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    const [key] = await tx<Known[]>`select id, state, withdrawn_at from signing_keys where id = ${keyId}`
    if (!key) throw new Problem('not-found', 'No such key')
    if (!key.withdrawnAt) await withdraw(tx, resources, key)
    const [signing] = await tx<{ id: string }[]>`select id from signing_keys where state = 'current'`
    if (!signing) throw new Error('No key signs')
    return { withdrawn: key.id, signs: signing.id }
  })

const withdraw = async (tx: Transaction, resources: Withdrawing, { id, state }: Known): Promise<void> => {
  const time = resources.now()
  await tx`
    update signing_keys
    set state = 'retired', retired_at = coalesce(retired_at, ${time}), withdrawn_at = ${time}, private_key_sealed = ''
    where id = ${id}`
  if (state === 'current')
    await tx`update signing_keys set state = 'current', signs_from = ${time} where state = 'next'`
  if (state !== 'retired') await makeKey(tx, resources, 'next')
  // Our own table at once: here it is refused also while Kafka is away.
  await keepWithdrawnKey(tx, { keyId: id, withdrawnAt: time })
  await emit(tx, authKeyWithdrawn, { id: resources.newId(), subject: id, time }, { keyId: id })
}
