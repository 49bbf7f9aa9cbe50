import { emit, paymentAttemptFailed } from '@kontora/events'
import { type Transaction, together, transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import type { AttemptState } from './attempt.ts'
import { type LockedAttempt, lockAttempt } from './lock-attempt.ts'

export type End = { state: 'failed' | 'expired' | 'reversed' | 'quarantined'; reason: string }

/** Without money. A quarantined attempt has not failed: somebody must look. */
export const markEnded = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id, invoiceId, userId, amountKopecks }: LockedAttempt,
  { state, reason }: End,
): Promise<void> => {
  const time = now()
  const occurrence = { id: newId(), subject: invoiceId, time }
  const told = { attemptId: id, invoiceId, userId, amountKopecks }
  await together(
    state === 'quarantined' ? undefined : emit(tx, paymentAttemptFailed, occurrence, told),
    tx`
      update attempts set state = ${state}, reason = ${reason}, ended_at = ${time}, start_at = null where id = ${id}`,
  )
}

const notYetOpen: AttemptState[] = ['starting', 'unknown']

/** The bank refused to take the order at all. Told late, it says nothing of an order that another process has made since. */
export const endAttempt = (resources: WriteResources, id: string, end: End): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const attempt = await lockAttempt(tx, id)
    if (attempt && notYetOpen.includes(attempt.state)) await markEnded(tx, resources, attempt, end)
  })
