import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import { addDraft } from './draft-invoice.ts'
import type { InvoiceDraft } from './invoice.ts'
import { type Issued, issueLocked } from './issue-locked.ts'
import { lockInvoice } from './lock-invoice.ts'

/** A draft and its issue at once. */
export const issueInvoice = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  draft: InvoiceDraft,
): Promise<Issued> =>
  transaction(resources.sql, async (tx) => {
    const { id } = await addDraft(tx, resources, who, draft)
    return issueLocked(tx, resources, who, id)
  })

export const issueDraft = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<Issued> =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (invoice.state !== 'draft')
      throw new Problem('conflict', 'Only a draft can be issued', { state: invoice.state })
    return issueLocked(tx, resources, who, invoiceId)
  })
