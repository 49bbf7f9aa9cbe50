import type { Transaction } from '@kontora/postgres'
import { type Chance, currentTrace } from '@kontora/service'
import type { Actor } from '../actor.ts'

export type Change = {
  action: string
  /** The user or role that was changed. */
  subject: string
  details?: object
  /** A person's own values: only their salted hashes are in the audit, so that erasing the values leaves it whole. */
  personal?: Record<string, string | null | undefined>
}

/** Part of the change's own transaction: what is not in the audit did not happen. */
export const recordChange = async (
  tx: Transaction,
  { now, newId, random }: Chance,
  who: Actor,
  { action, subject, details = {}, personal = {} }: Change,
): Promise<void> => {
  const entryId = newId()
  const values = Object.entries(personal).flatMap(([field, value]) =>
    value ? [{ entryId, field, userId: subject, salt: hex(random(16)), value }] : [],
  )
  const hashes = await Promise.all(
    values.map(async ({ field, salt, value }) => [field, await saltedHash(salt, value)]),
  )
  await tx`
    insert into audit ${tx({
      entryId,
      action,
      subject,
      who: who.id,
      at: now(),
      traceId: currentTrace()?.traceId ?? null,
      details: tx.json(details as never),
      personalHashes: tx.json(Object.fromEntries(hashes)),
    })}`
  if (values.length > 0) await tx`insert into audit_personal_values ${tx(values)}`
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const saltedHash = async (salt: string, value: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${salt}:${value}`))))
