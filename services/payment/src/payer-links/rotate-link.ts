import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { addLink, endLink, type LinkResources, lockShown } from './change-links.ts'
import type { LinkVersion } from './payer-link.ts'

/** Ends the live one, and makes another. */
export const rotateLink = (
  resources: LinkResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<LinkVersion> =>
  transaction(resources.sql, async (tx) => {
    await lockShown(tx, invoiceId)
    await endLink(tx, resources, who, invoiceId)
    return addLink(tx, resources, who, invoiceId)
  })
