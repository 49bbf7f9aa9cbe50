import type { User } from '@kontora/access'
import { authRecoveryCodesMade, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { codesPerPerson, makeRecoveryCode } from './recovery-code.ts'

/** Told once, here; those of before end. A repeat makes others, so that the last answer is what holds. */
export const makeRecoveryCodes = async (
  { sql, now, newId, random, pepper }: Resources,
  { id: userId }: User,
): Promise<string[]> => {
  const codes = Array.from({ length: codesPerPerson }, () => makeRecoveryCode(random))
  const rows = await Promise.all(
    codes.map(async (code) => ({
      userId,
      codeHash: await pepper('recovery-code', userId, code),
      madeAt: now(),
    })),
  )
  await transaction(sql, async (tx) => {
    // The person's lock of `add-passkey`: two makers at once would leave twenty.
    await tx`select pg_advisory_xact_lock(hashtextextended(${userId}, 3))`
    await tx`delete from recovery_codes where user_id = ${userId}`
    await tx`insert into recovery_codes ${tx(rows)}`
    await emit(tx, authRecoveryCodesMade, { id: newId(), subject: userId, time: now() }, { userId })
  })
  return codes
}
