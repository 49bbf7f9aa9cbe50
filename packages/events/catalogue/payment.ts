import { DateOnly, Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { event } from './event-type.ts'

const invoice = v.object({ invoiceId: Id, userId: Id, amountKopecks: Kopecks })
const attempt = v.object({ attemptId: Id, invoiceId: Id, userId: Id, amountKopecks: Kopecks })
const refund = v.object({ refundId: Id, attemptId: Id, invoiceId: Id, userId: Id, amountKopecks: Kopecks })

export const paymentInvoiceIssued = event('payment.invoice-issued', invoice)
/** Money came, and more is left to pay. `amountKopecks` is what came. */
export const paymentInvoicePartlyPaid = event(
  'payment.invoice-partly-paid',
  v.object({ ...invoice.entries, leftKopecks: Kopecks }),
)
/** A step of the ladder: `days` after the day that it is due, before it below zero; `leftKopecks` is what is not paid of it. */
export const paymentInvoiceReminderDue = event(
  'payment.invoice-reminder-due',
  v.object({
    ...invoice.entries,
    leftKopecks: Kopecks,
    dueOn: DateOnly,
    days: v.pipe(v.number(), v.integer()),
  }),
)
export const paymentInvoicePaid = event('payment.invoice-paid', invoice)
/** A payment turned out not to be of it: `amountKopecks` was taken off, `leftKopecks` are to be paid again. */
export const paymentInvoiceReopened = event(
  'payment.invoice-reopened',
  v.object({ ...invoice.entries, leftKopecks: Kopecks }),
)
export const paymentInvoiceCancelled = event('payment.invoice-cancelled', invoice)
export const paymentInvoiceExpired = event('payment.invoice-expired', invoice)

export const paymentAttemptStarted = event('payment.attempt-started', attempt)
/** `way` is known only now: one order at the bank is payable by card or by SBP. */
export const paymentAttemptSettled = event(
  'payment.attempt-settled',
  v.object({ ...attempt.entries, way: v.picklist(['card', 'sbp']) }),
)
export const paymentAttemptFailed = event('payment.attempt-failed', attempt)

export const paymentRefundRequested = event('payment.refund-requested', refund)
export const paymentRefundSettled = event('payment.refund-settled', refund)
export const paymentRefundFailed = event('payment.refund-failed', refund)

/** The tax service's operator has it. Of a transfer there is no attempt. */
export const paymentReceiptDelivered = event(
  'payment.receipt-delivered',
  v.object({ receiptId: Id, invoiceId: Id, userId: Id, attemptId: v.optional(Id) }),
)

/** What lies in 1С now, under our own id; of a cancellation it is the invoice's, of a withdrawal the transfer's. */
export const paymentExported = event(
  'payment.exported',
  v.object({
    kind: v.picklist([
      ...['invoice', 'payment', 'transfer', 'refund', 'commission'],
      ...['cancellation', 'withdrawal'],
    ] as const),
    id: Id,
  }),
)
