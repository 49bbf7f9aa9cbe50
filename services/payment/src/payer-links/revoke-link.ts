import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { lockInvoice } from '../invoices/lock-invoice.ts'
import type { WriteResources } from '../resources.ts'
import { endLink } from './change-links.ts'

/** From here on whoever holds the link sees nothing; the invoice itself stays as it is. */
export const revokeLink = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    if (!(await lockInvoice(tx, invoiceId))) throw new Problem('not-found', 'No such invoice')
    await endLink(tx, resources, who, invoiceId)
  })
