import type { Sql } from '@kontora/postgres'
import type * as v from 'valibot'
import type { Invoice, PricedLine } from './invoice.ts'

type Answer = v.InferOutput<typeof Invoice>
type Times = 'issuedAt' | 'expiresAt' | 'paidAt' | 'cancelledAt' | 'expiredAt'

export type InvoiceRow = Omit<Answer, Times> & Record<Times, Date | null>

export const invoiceColumns = (sql: Sql) => sql`
  id as invoice_id, legal_entity_id, number, user_id, amount_kopecks, paid_kopecks, state, due_on::text as due_on,
  issued_at, expires_at, paid_at, cancelled_at, expired_at`

const told = (time: Date | null): string | null => time?.toISOString() ?? null

export const answerOf = ({
  issuedAt,
  expiresAt,
  paidAt,
  cancelledAt,
  expiredAt,
  ...invoice
}: InvoiceRow): Answer => ({
  ...invoice,
  issuedAt: told(issuedAt),
  expiresAt: told(expiresAt),
  paidAt: told(paidAt),
  cancelledAt: told(cancelledAt),
  expiredAt: told(expiredAt),
})

export const readInvoiceRow = async (sql: Sql, where: ReturnType<Sql>): Promise<InvoiceRow | undefined> => {
  const [invoice] = await sql<InvoiceRow[]>`select ${invoiceColumns(sql)} from invoices where ${where}`
  return invoice
}

export const readLines = async (sql: Sql, invoiceId: string): Promise<PricedLine[]> => [
  ...(await sql<PricedLine[]>`
    select title, quantity, price_kopecks, discount_kopecks, amount_kopecks, vat, vat_kopecks from invoice_lines
    where invoice_id = ${invoiceId} order by position`),
]
