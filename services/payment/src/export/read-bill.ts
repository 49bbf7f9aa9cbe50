import type { Sql } from '@kontora/postgres'
import type { Bill, BilledLine } from '../accounting/gateway.ts'

/** An invoice as 1С is told of it; it was issued before its export was queued, so its absence is a bug. */
export const readBill = async (sql: Sql, invoiceId: string): Promise<Bill> => {
  const [invoice] = await sql<Omit<Bill, 'lines'>[]>`
    select id, legal_entity_id, number, user_id, amount_kopecks, issued_at from invoices where id = ${invoiceId}`
  if (!invoice) throw new Error('Nothing to export under this id')
  const lines = await sql<BilledLine[]>`
    select title, quantity, price_kopecks, discount_kopecks, amount_kopecks, vat, vat_kopecks, percent
    from invoice_lines join vat_rates on code = vat
    where invoice_id = ${invoiceId} order by position`
  return { ...invoice, lines: [...lines] }
}
