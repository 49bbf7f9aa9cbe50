import type { User } from '@kontora/access'
import { type Transaction, transaction } from '@kontora/postgres'
import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { chooseLegalEntity } from '../legal-entities/choose-legal-entity.ts'
import type { WriteResources } from '../resources.ts'
import { type InvoiceDraft, InvoiceState, type PricedLine } from './invoice.ts'
import { priceLines } from './price-lines.ts'

export const DraftedInvoice = v.object({ invoiceId: Id, amountKopecks: Kopecks, state: InvoiceState })

export type NewDraft = { id: string; legalEntityId: string; amountKopecks: number }

/** A draft owes nothing and has no number: its payer does not see it. */
export const draftInvoice = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  draft: InvoiceDraft,
): Promise<v.InferOutput<typeof DraftedInvoice>> =>
  transaction(resources.sql, async (tx) => {
    const { id, amountKopecks } = await addDraft(tx, resources, who, draft)
    return { invoiceId: id, amountKopecks, state: 'draft' as const }
  })

export const addDraft = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  who: Pick<User, 'id'>,
  draft: InvoiceDraft,
): Promise<NewDraft> => {
  const { userId, dueOn = null, expiresAt = null } = draft
  const seller = await chooseLegalEntity(tx, draft.legalEntityId)
  const { legalEntityId } = seller
  const { lines, amountKopecks } = await priceLines(tx, draft.lines)
  const id = newId()
  const capture = draft.capture ?? seller.capture
  const row = { id, legalEntityId, userId, amountKopecks, dueOn, expiresAt, capture }
  await tx`insert into invoices ${tx({ ...row, state: 'draft', draftedBy: who.id, draftedAt: now() })}`
  await addLines(tx, id, lines)
  return { id, legalEntityId, amountKopecks }
}

export const addLines = async (tx: Transaction, invoiceId: string, lines: PricedLine[]): Promise<void> => {
  await tx`insert into invoice_lines ${tx(lines.map((line, position) => ({ invoiceId, position, ...line })))}`
}
