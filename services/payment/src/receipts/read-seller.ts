import type { Sql } from '@kontora/postgres'
import type { VatRate, VatRates } from './bundle.ts'
import type { CartLine } from './cart.ts'

export const readVatRates = async (sql: Sql): Promise<VatRates> => {
  const rates = await sql<VatRate[]>`
    select code, percent, valid_to::text as valid_to, tax_type, advance_tax_type from vat_rates`
  return new Map(rates.map((rate) => [rate.code, rate]))
}

export type Order = {
  attemptId: string
  invoiceId: string
  userId: string
  amountKopecks: number
  mdOrder: string | null
  /** The seller's own, as the invoice was issued. */
  taxSystem: number
}

export const readOrder = async (sql: Sql, attemptId: string): Promise<Order> => {
  const [order] = await sql<Order[]>`
    select attempts.id as attempt_id, invoice_id, attempts.user_id, attempts.amount_kopecks, md_order, tax_system
    from attempts join invoices on invoices.id = invoice_id
    join legal_entities on legal_entities.id = legal_entity_id and version = legal_entity_version
    where attempts.id = ${attemptId}`
  if (!order) throw new Error('No such attempt of an issued invoice')
  return order
}

export const readLines = async (sql: Sql, invoiceId: string): Promise<CartLine[]> => {
  const lines = await sql<CartLine[]>`
    select position, title, quantity, amount_kopecks, vat from invoice_lines
    where invoice_id = ${invoiceId} order by position`
  return [...lines]
}
