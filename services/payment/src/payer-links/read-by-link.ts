import type { Sql } from '@kontora/postgres'
import * as v from 'valibot'
import type { Invoice, PricedLine } from '../invoices/invoice.ts'
import { answerOf, type InvoiceRow, readInvoiceRow, readLines } from '../invoices/read-invoice.ts'
import type { KnownLegalEntity } from '../legal-entities/legal-entity.ts'
import { readSeller } from '../legal-entities/read-legal-entities.ts'
import { hashOf, LinkToken } from './payer-link.ts'

/** An invoice as its payer sees it, who need not be signed in. */
export type LinkedInvoice = v.InferOutput<typeof Invoice> & { lines: PricedLine[]; seller: KnownLegalEntity }

/**
 * Undefined for an unknown token, a revoked or replaced one and what is no token at all: whoever asks sees no difference.
 * `userId` is whose invoice it is, in whose place the holder of the link may pay, and nothing else.
 */
export const readByLink = async (sql: Sql, token: string): Promise<LinkedInvoice | undefined> => {
  if (!v.is(LinkToken, token)) return undefined
  const [link] = await sql<{ invoiceId: string }[]>`
    select invoice_id from payer_links where token_hash = ${await hashOf(token)} and ended_at is null`
  const invoice = link && (await readInvoiceRow(sql, sql`id = ${link.invoiceId}`))
  if (!invoice) return undefined
  return asPayerSees(sql, invoice)
}

export const asPayerSees = async (sql: Sql, invoice: InvoiceRow): Promise<LinkedInvoice> => {
  const [lines, seller] = await Promise.all([
    readLines(sql, invoice.invoiceId),
    readSeller(sql, invoice.invoiceId),
  ])
  if (!seller) throw new Error('An issued invoice has its seller')
  return { ...answerOf(invoice), lines, seller }
}
