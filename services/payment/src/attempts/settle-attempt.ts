import { emit, paymentAttemptSettled } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, together } from '@kontora/postgres'
import { queueExport } from '../export/queue-export.ts'
import { applyPayment } from '../invoices/apply-payment.ts'
import { book } from '../ledger/book.ts'
import { expectPaymentReceipt } from '../receipts/expect-receipt.ts'
import type { WriteResources } from '../resources.ts'
import type { Way } from './attempt.ts'
import type { LockedAttempt } from './lock-attempt.ts'

/** Answers with what stands on the payer's account as an overpayment. */
export const settleAttempt = async (
  tx: Transaction,
  resources: WriteResources,
  { id, invoiceId, invoice, userId }: LockedAttempt,
  { way, capturedKopecks: amountKopecks }: { way: Way; capturedKopecks: number },
): Promise<number> => {
  const { now, newId } = resources
  const time = now()
  const occurrence = { id: newId(), subject: invoiceId, time }
  const told = { attemptId: id, invoiceId, userId, amountKopecks, way }
  const [, { overpaidKopecks }] = await together(
    emit(tx, paymentAttemptSettled, occurrence, told),
    applyPayment(tx, resources, invoice, amountKopecks),
    book(tx, resources, { kind: 'attempt-settled', sourceId: id, userId, amountKopecks }),
    queueExport(tx, resources, { kind: 'payment', id, invoiceId, userId, amountKopecks, at: time, way }),
    expectPaymentReceipt(tx, resources, { id, attemptId: id, invoiceId, userId, amountKopecks }),
    tx`
      update attempts set state = 'settled', way = ${way}, captured_kopecks = ${amountKopecks}, reason = null,
        ended_at = ${time}, start_at = null, ask_at = null
      where id = ${id}`,
  )
  wakeJob(tx, 'export-to-one-c')
  return overpaidKopecks
}
