import type { User } from '@kontora/access'
import { emit, paymentInvoiceCancelled } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { liveStates } from '../attempts/attempt.ts'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import type { InvoiceState } from './invoice.ts'

type Locked = { userId: string; amountKopecks: number; state: InvoiceState }

/** An order at the bank that can still be paid keeps its invoice: else money would come for nothing. */
export const cancelInvoice = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<{ invoiceId: string; state: 'cancelled' }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId } = resources
    const [invoice] = await tx<Locked[]>`
      select user_id, amount_kopecks, state from invoices where id = ${invoiceId} for update`
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (invoice.state !== 'issued')
      throw new Problem('conflict', 'Only an unpaid invoice can be cancelled', { state: invoice.state })
    if (await isBeingPaid(tx, invoiceId)) throw new Problem('conflict', 'The invoice is being paid')

    const { userId, amountKopecks } = invoice
    const time = now()
    await tx`update invoices set state = 'cancelled', cancelled_by = ${who.id}, cancelled_at = ${time} where id = ${invoiceId}`
    await book(tx, resources, { kind: 'invoice-cancelled', sourceId: invoiceId, userId, amountKopecks })
    const movement = { invoiceId, userId, amountKopecks, at: time }
    await queueExport(tx, resources, { kind: 'cancellation', id: newId(), ...movement })
    wakeJob(tx, 'export-to-one-c')
    const occurrence = { id: newId(), subject: invoiceId, time }
    await emit(tx, paymentInvoiceCancelled, occurrence, { invoiceId, userId, amountKopecks })
    return { invoiceId, state: 'cancelled' }
  })

/** Asked after the lock, which the start of an attempt takes too. */
const isBeingPaid = async (tx: Transaction, invoiceId: string): Promise<boolean> => {
  const live = await tx`
    select id from attempts where invoice_id = ${invoiceId} and state in ${tx(liveStates)} limit 1`
  return live.length > 0
}
