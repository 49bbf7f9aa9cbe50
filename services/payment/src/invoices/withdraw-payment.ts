import { emit, paymentInvoiceReopened } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

type Withdrawn = { userId: string; leftKopecks: number }

/**
 * The other way of `applyPayment`: a payment turned out not to be of this invoice. The caller holds its lock and books where
 * the money goes. One that was paid is open again.
 */
export const withdrawPayment = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  invoiceId: string,
  amountKopecks: number,
): Promise<void> => {
  const [invoice] = await tx<Withdrawn[]>`
    update invoices set paid_kopecks = paid_kopecks - ${amountKopecks}, state = 'issued', paid_at = null
    where id = ${invoiceId} and state in ('issued', 'paid')
    returning user_id, amount_kopecks - paid_kopecks as left_kopecks`
  if (!invoice) throw new Error('An invoice that has money is neither issued nor paid')
  const { userId, leftKopecks } = invoice
  const occurrence = { id: newId(), subject: invoiceId, time: now() }
  await emit(tx, paymentInvoiceReopened, occurrence, { invoiceId, userId, amountKopecks, leftKopecks })
}
