import type { User } from '@kontora/access'
import { emit, paymentInvoiceCancelled } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { hasLiveAttempt } from '../attempts/has-live-attempt.ts'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import { lockInvoice } from './lock-invoice.ts'

/**
 * An order at the bank that can still be paid keeps its invoice, and so does money that has come for it. A draft that is
 * given up never had a number, and nobody hears of it.
 */
export const cancelInvoice = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<{ invoiceId: string; state: 'cancelled' }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const invoice = await lockInvoice(tx, invoiceId)
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    const { userId, amountKopecks, paidKopecks, state } = invoice
    if (state !== 'issued' && state !== 'draft')
      throw new Problem('conflict', 'Only an unpaid invoice can be cancelled', { state })
    if (paidKopecks > 0)
      throw new Problem('conflict', 'A part of the invoice is paid', { state, paidKopecks })
    // Asked after the lock, which the start of an attempt takes too.
    if (await hasLiveAttempt(tx, invoiceId)) throw new Problem('conflict', 'The invoice is being paid')

    const time = now()
    await tx`
      update invoices set state = 'cancelled', cancelled_by = ${who.id}, cancelled_at = ${time}, expiry_ask_at = null
      where id = ${invoiceId}`
    if (state === 'issued') {
      await book(tx, resources, { kind: 'invoice-cancelled', sourceId: invoiceId, userId, amountKopecks })
      const movement = { invoiceId, userId, amountKopecks, at: time }
      await queueExport(tx, resources, { kind: 'cancellation', id: newId(), ...movement })
      wakeJob(tx, 'export-to-one-c')
      const occurrence = { id: newId(), subject: invoiceId, time }
      await emit(tx, paymentInvoiceCancelled, occurrence, { invoiceId, userId, amountKopecks })
    }
    return { invoiceId, state: 'cancelled' }
  })
