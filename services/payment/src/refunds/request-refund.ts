import type { User } from '@kontora/access'
import { emit, paymentRefundRequested } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { bankNumber, Id, Kopecks, Text } from '@kontora/validation'
import * as v from 'valibot'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import { refundableKopecks } from './refund.ts'

export const RefundRequest = v.strictObject({ attemptId: Id, amountKopecks: Kopecks, reason: Text(500) })
export type RefundRequest = v.InferOutput<typeof RefundRequest>

/** Reserves the money. The bank is told by the job `send-refunds`. */
export const requestRefund = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { attemptId, amountKopecks, reason }: RefundRequest,
): Promise<{ refundId: string; state: 'requested' }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const attempt = await lockAttempt(tx, attemptId)
    if (!attempt) throw new Problem('not-found', 'No such attempt')
    if (attempt.state !== 'settled')
      throw new Problem('conflict', 'Only what was paid can be refunded', { state: attempt.state })
    const leftKopecks = refundableKopecks(attempt)
    if (amountKopecks > leftKopecks)
      throw new Problem('conflict', 'More than is left to refund', { leftKopecks })

    const time = now()
    const id = newId()
    const { userId, invoiceId } = attempt
    await tx`insert into refunds ${tx({ id, attemptId, invoiceId, userId, amountKopecks, reason, state: 'requested', refundNumber: bankNumber(id), requestedBy: who.id, requestedAt: time, askAt: time })}`
    await tx`update attempts set refunded_kopecks = refunded_kopecks + ${amountKopecks} where id = ${attemptId}`
    await book(tx, resources, { kind: 'refund-requested', sourceId: id, userId, amountKopecks })
    const occurrence = { id: newId(), subject: invoiceId, time }
    const told = { refundId: id, attemptId, invoiceId, userId, amountKopecks }
    await emit(tx, paymentRefundRequested, occurrence, told)
    wakeJob(tx, 'send-refunds')
    return { refundId: id, state: 'requested' as const }
  })
