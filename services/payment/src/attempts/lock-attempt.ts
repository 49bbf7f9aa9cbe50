import type { Transaction } from '@kontora/postgres'
import type { AcquirerName, Capture } from '../acquirer/acquirer.ts'
import type { InvoiceState } from '../invoices/invoice.ts'
import type { LockedInvoice } from '../invoices/lock-invoice.ts'
import type { AttemptState } from './attempt.ts'

export type LockedAttempt = {
  id: string
  invoiceId: string
  invoice: LockedInvoice
  userId: string
  state: AttemptState
  reason: string | null
  acquirer: AcquirerName
  capture: Capture
  orderNumber: string
  amountKopecks: number
  /** Of a settled one: less than the order's amount where a part of a hold was taken. */
  capturedKopecks: number | null
  /** What an operator wants taken of a hold, while that is under way. */
  askedKopecks: number | null
  refundedKopecks: number
  openedAt: Date | null
  endedAt: Date | null
}

type Row = Omit<LockedAttempt, 'invoice' | 'askedKopecks'> & {
  invoiceUserId: string
  invoiceKopecks: number
  paidKopecks: number
  invoiceState: InvoiceState
  invoiceCapture: Capture
  expiresAt: Date | null
}

/**
 * The invoice first, as everywhere: two who lock in another order would wait for each other. In one statement it is first too:
 * its row is locked while the join is read, the attempt's behind the join.
 */
export const lockAttempt = async (tx: Transaction, id: string): Promise<LockedAttempt | undefined> => {
  const [row] = await tx<Row[]>`
    with invoice as materialized (
      select id, user_id, amount_kopecks, paid_kopecks, state, capture, expires_at from invoices
      where id = (select invoice_id from attempts where id = ${id}) for update)
    select attempts.id, invoice_id, attempts.user_id, attempts.state, reason, acquirer, attempts.capture, order_number,
      attempts.amount_kopecks, captured_kopecks, refunded_kopecks, opened_at, ended_at, invoice.user_id as invoice_user_id,
      invoice.amount_kopecks as invoice_kopecks, paid_kopecks, invoice.state as invoice_state, invoice.capture as invoice_capture,
      expires_at
    from invoice join attempts on attempts.id = ${id} for update of attempts`
  if (!row) return undefined
  const { invoiceUserId, invoiceKopecks, paidKopecks, invoiceState, invoiceCapture, expiresAt, ...attempt } =
    row
  const invoice = {
    ...{ id: row.invoiceId, userId: invoiceUserId, state: invoiceState, capture: invoiceCapture },
    ...{ amountKopecks: invoiceKopecks, paidKopecks, expiresAt },
  }
  const askedKopecks = attempt.capture === 'manual' ? await askedOf(tx, id) : null
  return { ...attempt, invoice, askedKopecks }
}

const askedOf = async (tx: Transaction, attemptId: string): Promise<number | null> => {
  const [move] = await tx<{ amountKopecks: number }[]>`
    select amount_kopecks from hold_moves
    where attempt_id = ${attemptId} and kind = 'capture' and state in ('requested', 'sending', 'unknown')`
  return move?.amountKopecks ?? null
}
