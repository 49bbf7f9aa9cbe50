import type { Transaction } from '@kontora/postgres'
import type { Capture } from '../acquirer/acquirer.ts'
import type { InvoiceState } from './invoice.ts'

export type LockedInvoice = {
  id: string
  userId: string
  amountKopecks: number
  paidKopecks: number
  state: InvoiceState
  capture: Capture
  expiresAt: Date | null
}

/** Before any attempt and any refund of it, everywhere: two who lock in another order would wait for each other. */
export const lockInvoice = async (tx: Transaction, id: string): Promise<LockedInvoice | undefined> => {
  const [invoice] = await tx<LockedInvoice[]>`
    select id, user_id, amount_kopecks, paid_kopecks, state, capture, expires_at from invoices where id = ${id} for update`
  return invoice
}
