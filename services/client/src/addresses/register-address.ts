import { transaction } from '@kontora/postgres'
import { Email, Locale } from '@kontora/validation'
import * as v from 'valibot'
import type { Actor } from '../actor.ts'
import type { WriteResources } from '../resources.ts'
import { addUser } from '../users/create-user.ts'

export const Registration = v.strictObject({ email: Email, locale: Locale })
export type Registration = v.InferOutput<typeof Registration>

/** Registered or found: the address decides, however often it is asked for. */
export const registerAddress = (
  resources: WriteResources,
  who: Actor,
  { email, locale }: Registration,
): Promise<{ userId: string }> =>
  transaction(resources.sql, async (tx) => {
    const added = await addUser(tx, resources, who, { email, locale, kind: 'person' })
    if (added) return { userId: added }
    const [found] = await tx<{ userId: string }[]>`select user_id from addresses where email = ${email}`
    if (!found) throw new Error('An address that was taken is gone')
    return found
  })
