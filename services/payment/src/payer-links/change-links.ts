import type { User } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { lockInvoice } from '../invoices/lock-invoice.ts'
import type { WriteResources } from '../resources.ts'
import { hashOf, type LinkTokens, type LinkVersion } from './payer-link.ts'

export type LinkResources = WriteResources & { linkTokens: LinkTokens }

/** A draft is nobody's business yet, and of what is cancelled nothing is to be paid. */
export const lockShown = async (tx: Transaction, invoiceId: string): Promise<void> => {
  const invoice = await lockInvoice(tx, invoiceId)
  if (!invoice) throw new Problem('not-found', 'No such invoice')
  const { state } = invoice
  if (state === 'draft' || state === 'cancelled')
    throw new Problem('conflict', 'Only an issued invoice is shown to its payer', { state })
}

export const endLink = async (
  tx: Transaction,
  { now }: WriteResources,
  who: Pick<User, 'id'>,
  invoiceId: string,
): Promise<void> => {
  await tx`
    update payer_links set ended_by = ${who.id}, ended_at = ${now()}
    where invoice_id = ${invoiceId} and ended_at is null`
}

export const addLink = async (
  tx: Transaction,
  { now, linkTokens }: LinkResources,
  who: Pick<User, 'id'>,
  invoiceId: string,
): Promise<LinkVersion> => {
  const [last] = await tx<{ version: number }[]>`
    select version from payer_links where invoice_id = ${invoiceId} order by version desc limit 1`
  const link = { invoiceId, version: (last?.version ?? 0) + 1 }
  const tokenHash = await hashOf(await linkTokens(link))
  await tx`insert into payer_links ${tx({ ...link, tokenHash, madeBy: who.id, madeAt: now() })}`
  return link
}
