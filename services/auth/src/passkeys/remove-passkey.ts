import type { User } from '@kontora/access'
import { authPasskeyRemoved, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'

export const noSuchPasskey = () => new Problem('not-found', 'No such passkey')

export const removePasskey = (
  { sql, now, newId }: Resources,
  { id: userId }: Pick<User, 'id'>,
  passkeyId: string,
): Promise<void> =>
  transaction(sql, async (tx) => {
    const gone = await tx`delete from passkeys where id = ${passkeyId} and user_id = ${userId} returning id`
    if (gone.length === 0) throw noSuchPasskey()
    await emit(tx, authPasskeyRemoved, { id: newId(), subject: userId, time: now() }, { userId, passkeyId })
  })
