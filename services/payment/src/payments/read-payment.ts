import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { answerOf, type InvoiceRow, invoiceColumns } from '../invoices/read-invoice.ts'
import { findPayment } from './find-payment.ts'
import type { Payment } from './payment.ts'
import { readMoney } from './read-money.ts'
import { readPapers } from './read-papers.ts'

/** As it stood at one moment: nothing is missing that another part of the answer speaks of. */
export const readPayment = (sql: Sql, key: string): Promise<Payment> =>
  transaction(sql, async (tx) => {
    await tx`set transaction isolation level repeatable read, read only`
    const id = await findPayment(tx, key)
    const [invoice, money, papers] = await Promise.all([
      readInvoice(tx, id),
      readMoney(tx, id),
      readPapers(tx, id),
    ])
    return { invoice, ...money, ...papers }
  })

const readInvoice = async (tx: Transaction, id: string): Promise<Payment['invoice']> => {
  const [row] = await tx<InvoiceRow[]>`select ${invoiceColumns(tx)} from invoices where id = ${id}`
  return answerOf(row as InvoiceRow)
}
