import { emit, paymentInvoiceExpired } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import { hasLiveAttempt } from '../attempts/has-live-attempt.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import { leftKopecks } from './invoice.ts'
import { lockInvoice } from './lock-invoice.ts'

/**
 * Writes off what was not paid in time. Never while an order at the bank can still bring money, be it that nobody knows; what
 * comes later all the same is taken by `applyPayment`.
 */
export const expireInvoice = (
  resources: WriteResources,
  { invoiceId }: { invoiceId: string },
): Promise<'expired' | 'waits'> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const time = now()
    const invoice = await lockInvoice(tx, invoiceId)
    if (invoice?.state !== 'issued' || !invoice.expiresAt || invoice.expiresAt > time) return 'waits'
    if (await hasLiveAttempt(tx, invoiceId)) return 'waits'

    const { userId, amountKopecks } = invoice
    await tx`
      update invoices set state = 'expired', expired_at = ${time}, expiry_ask_at = null where id = ${invoiceId}`
    const booked = { kind: 'invoice-expired' as const, sourceId: invoiceId, userId }
    await book(tx, resources, { ...booked, amountKopecks: leftKopecks(invoice) })
    const occurrence = { id: newId(), subject: invoiceId, time }
    await emit(tx, paymentInvoiceExpired, occurrence, { invoiceId, userId, amountKopecks })
    return 'expired'
  })
