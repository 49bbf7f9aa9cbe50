import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { addLink, type LinkResources, lockShown } from './change-links.ts'
import type { LinkVersion } from './payer-link.ts'

/** The live link, made where there is none: whoever asks twice does not undo what was sent. */
export const giveLink = (
  resources: LinkResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<LinkVersion> =>
  transaction(resources.sql, async (tx) => {
    await lockShown(tx, invoiceId)
    const [live] = await tx<{ version: number }[]>`
      select version from payer_links where invoice_id = ${invoiceId} and ended_at is null`
    return live ? { invoiceId, version: live.version } : addLink(tx, resources, who, invoiceId)
  })
