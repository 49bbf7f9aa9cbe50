import type { Transaction } from '@kontora/postgres'
import { type LockedInvoice, lockInvoiceOf } from '../invoices/lock-invoice.ts'
import type { AttemptState } from './attempt.ts'

export type LockedAttempt = {
  id: string
  invoiceId: string
  invoice: LockedInvoice
  userId: string
  state: AttemptState
  orderNumber: string
  amountKopecks: number
  refundedKopecks: number
  openedAt: Date | null
  endedAt: Date | null
}

/** The invoice first, as everywhere: two who lock in another order would wait for each other. */
export const lockAttempt = async (tx: Transaction, id: string): Promise<LockedAttempt | undefined> => {
  const invoice = await lockInvoiceOf(tx, id)
  const [attempt] = await tx<Omit<LockedAttempt, 'invoice'>[]>`
    select id, invoice_id, user_id, state, order_number, amount_kopecks, refunded_kopecks, opened_at, ended_at
    from attempts where id = ${id} for update`
  return attempt && invoice && { ...attempt, invoice }
}
