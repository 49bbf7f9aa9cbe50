import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import { queueExport } from '../export/queue-export.ts'
import type { WriteResources } from '../resources.ts'

type Kept = {
  id: string
  paymentId: string
  invoiceId: string
  userId: string
  way: 'card' | 'sbp'
  amountKopecks: number
}

/** What the bank kept of each payment that it has paid for now: 1С is told, if its mapping leaves that to us. */
export const exportCommissions = async (
  tx: Transaction,
  resources: WriteResources,
  payoutId: string,
): Promise<void> => {
  await tx`
    select id from invoices where id in (
      select invoice_id from registry_lines join attempts on attempts.order_number = registry_lines.order_number
      where payout_id = ${payoutId})
    order by id for update`
  const kept = await tx<Kept[]>`
    select registry_lines.id, attempts.id as payment_id, invoice_id, user_id, attempts.way,
      commission_kopecks as amount_kopecks
    from registry_lines join attempts on attempts.order_number = registry_lines.order_number
    where payout_id = ${payoutId} and registry_lines.kind = 'payment' and commission_kopecks > 0 and state = 'settled'
    order by registry_lines.id`
  const at = resources.now()
  for (const commission of kept) await queueExport(tx, resources, { kind: 'commission', ...commission, at })
  if (kept.length > 0) wakeJob(tx, 'export-to-one-c')
}
