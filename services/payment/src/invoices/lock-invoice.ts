import type { Sql, Transaction } from '@kontora/postgres'
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

const lockWhere = async (tx: Transaction, where: ReturnType<Sql>): Promise<LockedInvoice | undefined> => {
  const [invoice] = await tx<LockedInvoice[]>`
    select id, user_id, amount_kopecks, paid_kopecks, state, capture, expires_at from invoices where ${where} for update`
  return invoice
}

/** Before any attempt and any refund of it, everywhere: two who lock in another order would wait for each other. */
export const lockInvoice = (tx: Transaction, id: string): Promise<LockedInvoice | undefined> =>
  lockWhere(tx, tx`id = ${id}`)

export const lockInvoiceOf = (tx: Transaction, attemptId: string): Promise<LockedInvoice | undefined> =>
  lockWhere(tx, tx`id = (select invoice_id from attempts where id = ${attemptId})`)
