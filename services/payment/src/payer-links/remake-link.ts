import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { hashOf, LinkVersion, type PayerLink } from './payer-link.ts'

/** The link of a kept answer anew. One that opens nothing any more is not given out. */
export const remakeLink = async ({ sql, pages, linkTokens }: Resources, kept: object): Promise<PayerLink> => {
  const link = v.parse(LinkVersion, kept)
  const [row] = await sql<{ tokenHash: string; endedAt: Date | null }[]>`
    select token_hash, ended_at from payer_links
    where invoice_id = ${link.invoiceId} and version = ${link.version}`
  if (!row || row.endedAt) throw new Problem('conflict', 'This link was replaced or revoked since')
  const token = await linkTokens(link)
  if ((await hashOf(token)) !== row.tokenHash)
    throw new Problem('conflict', 'This link was made under another key and can only be replaced')
  return { ...link, token, url: pages ? `${pages.url}/pay/${token}` : null }
}
