import { emit, paymentInvoicePaid, paymentInvoicePartlyPaid } from '@kontora/events'
import { type Transaction, together } from '@kontora/postgres'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import { leftKopecks } from './invoice.ts'
import type { LockedInvoice } from './lock-invoice.ts'

type Applied = { appliedKopecks: number; overpaidKopecks: number }

/**
 * The one way by which money reaches an invoice, whoever brought it; the caller books where it came from. What exceeds, and
 * all that comes for a paid or a cancelled invoice, stays on the payer's account, which goes below zero by itself.
 */
export const applyPayment = async (
  tx: Transaction,
  resources: WriteResources,
  invoice: LockedInvoice,
  amountKopecks: number,
): Promise<Applied> => {
  const { id, state, userId } = invoice
  const isOpen = state === 'issued' || state === 'expired'
  const left = isOpen ? leftKopecks(invoice) : 0
  const appliedKopecks = Math.min(amountKopecks, left)
  const applied = { appliedKopecks, overpaidKopecks: amountKopecks - appliedKopecks }
  if (appliedKopecks === 0) return applied
  // Its claim was written off when it expired.
  if (state === 'expired')
    await book(tx, resources, { kind: 'invoice-revived', sourceId: id, userId, amountKopecks: left })
  await (appliedKopecks === left
    ? payWhole(tx, resources, invoice)
    : payPart(tx, resources, invoice, appliedKopecks))
  return applied
}

const payWhole = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id, userId, amountKopecks }: LockedInvoice,
): Promise<void> => {
  const time = now()
  const occurrence = { id: newId(), subject: id, time }
  await together(
    emit(tx, paymentInvoicePaid, occurrence, { invoiceId: id, userId, amountKopecks }),
    tx`
      update invoices set state = 'paid', paid_kopecks = amount_kopecks, paid_at = ${time}, expired_at = null, expiry_ask_at = null
      where id = ${id}`,
  )
}

/** One that had expired lives again, and expires no more: its payer is at it. */
const payPart = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  invoice: LockedInvoice,
  appliedKopecks: number,
): Promise<void> => {
  const { id, userId } = invoice
  const told = { invoiceId: id, userId, amountKopecks: appliedKopecks }
  const left = leftKopecks(invoice) - appliedKopecks
  const occurrence = { id: newId(), subject: id, time: now() }
  await together(
    emit(tx, paymentInvoicePartlyPaid, occurrence, { ...told, leftKopecks: left }),
    tx`
      update invoices set state = 'issued', paid_kopecks = paid_kopecks + ${appliedKopecks}, expired_at = null,
        expires_at = case state when 'expired' then null else expires_at end
      where id = ${id}`,
  )
}
