import { authPasskeyRemoved, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { noSuchPasskey } from './remove-passkey.ts'

/** By an operator, for who cannot sign in with them any more: one, or all that he has. A letter tells him of each. */
export const removeLostPasskeys = (
  { sql, now, newId }: Pick<Resources, 'sql' | 'now' | 'newId'>,
  userId: string,
  passkeyId?: string,
): Promise<number> =>
  transaction(sql, async (tx) => {
    const gone = await tx<{ id: string }[]>`
      delete from passkeys where user_id = ${userId} and ${passkeyId ? tx`id = ${passkeyId}` : tx`true`} returning id`
    if (passkeyId && gone.length === 0) throw noSuchPasskey()
    for (const { id } of gone)
      await emit(
        tx,
        authPasskeyRemoved,
        { id: newId(), subject: userId, time: now() },
        { userId, passkeyId: id },
      )
    return gone.length
  })
