import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type * as v from 'valibot'
import { chooseLegalEntity } from '../legal-entities/choose-legal-entity.ts'
import type { WriteResources } from '../resources.ts'
import { addLines, type DraftedInvoice } from './draft-invoice.ts'
import type { InvoiceDraft } from './invoice.ts'
import { lockInvoice } from './lock-invoice.ts'
import { priceLines } from './price-lines.ts'

/** The whole draft anew. What is issued is never changed: it is cancelled, and another one issued. */
export const changeDraft = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId, draft }: { invoiceId: string; draft: InvoiceDraft },
): Promise<v.InferOutput<typeof DraftedInvoice>> =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (invoice.state !== 'draft')
      throw new Problem('conflict', 'Only a draft can be changed', { state: invoice.state })
    const { userId, dueOn = null, expiresAt = null } = draft
    const seller = await chooseLegalEntity(tx, draft.legalEntityId)
    const { legalEntityId } = seller
    const { lines, amountKopecks } = await priceLines(tx, draft.lines)
    const capture = draft.capture ?? seller.capture
    const change = { userId, legalEntityId, dueOn, expiresAt, capture, amountKopecks }
    await tx`update invoices set ${tx({ ...change, draftedBy: who.id, draftedAt: resources.now() })} where id = ${invoiceId}`
    await tx`delete from invoice_lines where invoice_id = ${invoiceId}`
    await addLines(tx, invoiceId, lines)
    return { invoiceId, amountKopecks, state: 'draft' }
  })
