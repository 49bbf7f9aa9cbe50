import type { Transaction } from '@kontora/postgres'
import type { AcquirerName, Capture } from '../acquirer/acquirer.ts'
import { type LockedInvoice, lockInvoiceOf } from '../invoices/lock-invoice.ts'
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

/** The invoice first, as everywhere: two who lock in another order would wait for each other. */
export const lockAttempt = async (tx: Transaction, id: string): Promise<LockedAttempt | undefined> => {
  const invoice = await lockInvoiceOf(tx, id)
  const [attempt] = await tx<Omit<LockedAttempt, 'invoice' | 'askedKopecks'>[]>`
    select id, invoice_id, user_id, state, reason, acquirer, capture, order_number, amount_kopecks, captured_kopecks,
      refunded_kopecks, opened_at, ended_at
    from attempts where id = ${id} for update`
  if (!attempt || !invoice) return undefined
  const askedKopecks = attempt.capture === 'manual' ? await askedOf(tx, id) : null
  return { ...attempt, invoice, askedKopecks }
}

const askedOf = async (tx: Transaction, attemptId: string): Promise<number | null> => {
  const [move] = await tx<{ amountKopecks: number }[]>`
    select amount_kopecks from hold_moves
    where attempt_id = ${attemptId} and kind = 'capture' and state in ('requested', 'sending', 'unknown')`
  return move?.amountKopecks ?? null
}
