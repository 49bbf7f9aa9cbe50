import { clientUserCreated, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Email, Inn, Kpp, Locale, Name } from '@kontora/validation'
import * as v from 'valibot'
import type { Actor } from '../actor.ts'
import { recordChange } from '../audit/record-change.ts'
import type { WriteResources } from '../resources.ts'
import { Kind, wrongRequisites } from './user.ts'

export const NewUser = v.strictObject({
  email: Email,
  displayName: Name(200),
  locale: v.optional(Locale, 'ru'),
  kind: v.optional(Kind, 'person'),
  inn: v.optional(Inn),
  kpp: v.optional(Kpp),
})
export type NewUser = v.InferOutput<typeof NewUser>

export const createUser = (
  resources: WriteResources,
  who: Actor,
  user: NewUser,
): Promise<{ userId: string }> =>
  transaction(resources.sql, async (tx) => {
    const fields = wrongRequisites(user)
    if (Object.keys(fields).length > 0) throw new Problem('invalid-input', 'The json is wrong', { fields })
    const userId = await addUser(tx, resources, who, user)
    if (!userId)
      throw new Problem('conflict', 'This address is taken', {
        fields: { email: 'an address not taken yet' },
      })
    return { userId }
  })

type Added = Omit<NewUser, 'displayName'> & { displayName?: string | undefined }

/** Nothing when the address is taken: its row comes first, so that two at once cannot both have it. */
export const addUser = async (
  tx: Transaction,
  resources: WriteResources,
  who: Actor,
  { email, displayName, locale, kind, inn, kpp }: Added,
): Promise<string | undefined> => {
  const { now, newId } = resources
  const userId = newId()
  const time = now()
  const [address] = await tx`
    insert into addresses ${tx({ email, userId, addedAt: time })} on conflict (email) do nothing returning user_id`
  if (!address) return undefined
  const personal = { displayName: displayName ?? null, inn: inn ?? null, kpp: kpp ?? null }
  const version = 1
  await tx`insert into users ${tx({ userId, ...personal, locale, kind, state: 'active', version, grantsVersion: 0, createdAt: time })}`
  const details = { locale, kind }
  await recordChange(tx, resources, who, {
    action: 'user:create',
    subject: userId,
    details,
    personal: { email, ...personal },
  })
  await emit(tx, clientUserCreated, { id: newId(), subject: userId, time }, { userId, version })
  return userId
}
