import { emit, paymentAttemptSettled, paymentInvoicePaid } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import type { Way } from './attempt.ts'
import type { LockedAttempt } from './lock-attempt.ts'

/** What comes for an invoice that is paid or cancelled already stands on the payer's account as an overpayment. */
export const settleAttempt = async (
  tx: Transaction,
  resources: WriteResources,
  { id, invoiceId, invoiceState, userId, amountKopecks }: LockedAttempt,
  way: Way,
): Promise<void> => {
  const { now, newId } = resources
  const time = now()
  await tx`
    update attempts set state = 'settled', way = ${way}, reason = null, ended_at = ${time}, start_at = null, ask_at = null
    where id = ${id}`
  await book(tx, resources, { kind: 'attempt-settled', sourceId: id, userId, amountKopecks })
  await queueExport(tx, resources, { kind: 'payment', id, invoiceId, userId, amountKopecks, at: time, way })
  const occurrence = () => ({ id: newId(), subject: invoiceId, time })
  const told = { invoiceId, userId, amountKopecks }
  await emit(tx, paymentAttemptSettled, occurrence(), { attemptId: id, ...told, way })
  if (invoiceState === 'issued') {
    await tx`update invoices set state = 'paid', paid_at = ${time} where id = ${invoiceId}`
    await emit(tx, paymentInvoicePaid, occurrence(), told)
  }
  wakeJob(tx, 'export-to-one-c')
}
