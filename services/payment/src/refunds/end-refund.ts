import { emit, paymentRefundFailed, paymentRefundSettled } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, together, transaction } from '@kontora/postgres'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import { expectRefundReceipt } from '../receipts/expect-receipt.ts'
import type { WriteResources } from '../resources.ts'
import type { RefundVerdict } from './refund.ts'

type Locked = { id: string; attemptId: string; invoiceId: string; userId: string; amountKopecks: number }

/** Only by the bank's own answer, and once: a second end finds the refund ended. */
export const endRefund = (
  resources: WriteResources,
  { id, attemptId }: { id: string; attemptId: string },
  verdict: NonNullable<RefundVerdict>,
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await lockAttempt(tx, attemptId)
    const [refund] = await tx<Locked[]>`
      select id, attempt_id, invoice_id, user_id, amount_kopecks from refunds
      where id = ${id} and state in ('sending', 'unknown') for update`
    if (!refund) return
    if (verdict.state === 'settled') await settle(tx, resources, refund)
    else await fail(tx, resources, refund, verdict.failure)
    // The next one of this order may go now.
    await tx`update refunds set ask_at = ${resources.now()} where attempt_id = ${attemptId} and state = 'requested'`
    wakeJob(tx, 'send-refunds')
  })

const told = ({ id, ...refund }: Locked) => ({ refundId: id, ...refund })

const settle = async (tx: Transaction, resources: WriteResources, refund: Locked): Promise<void> => {
  const { now, newId } = resources
  const { id, attemptId, invoiceId, userId, amountKopecks } = refund
  const time = now()
  const movement = { id, invoiceId, userId, amountKopecks, at: time }
  await together(
    book(tx, resources, { kind: 'refund-settled', sourceId: id, ...refund }),
    queueExport(tx, resources, { kind: 'refund', paymentId: attemptId, ...movement }),
    expectRefundReceipt(tx, resources, refund),
    emit(tx, paymentRefundSettled, { id: newId(), subject: invoiceId, time }, told(refund)),
    tx`update refunds set state = 'settled', ended_at = ${time}, ask_at = null where id = ${id}`,
  )
  wakeJob(tx, 'export-to-one-c')
}

/** The reservation is free again. */
const fail = async (
  tx: Transaction,
  resources: WriteResources,
  refund: Locked,
  failure: string,
): Promise<void> => {
  const { now, newId } = resources
  const { id, attemptId, invoiceId, amountKopecks } = refund
  const time = now()
  await together(
    book(tx, resources, { kind: 'refund-failed', sourceId: id, ...refund }),
    emit(tx, paymentRefundFailed, { id: newId(), subject: invoiceId, time }, told(refund)),
    tx`
      update refunds set state = 'failed', failure = ${failure}, ended_at = ${time}, ask_at = null where id = ${id}`,
    tx`update attempts set refunded_kopecks = refunded_kopecks - ${amountKopecks} where id = ${attemptId}`,
  )
}
