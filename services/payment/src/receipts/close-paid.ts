import { Problem } from '@kontora/service'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { handOver } from './hand-over.ts'

type Due = { id: string; invoiceId: string; isPaid: boolean }

const minuteMs = 60_000
const itself = { id: 'at-payment' }

/** The job `close-paid`: what is handed over by the time it is paid has its advances closed with the last payment. */
export const closePaid = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<Due[]>`
    update receipts set tell_at = ${new Date(now().getTime() + minuteMs)}
    from invoices
    where invoices.id = invoice_id and receipts.id in (
      select id from receipts where tell_at <= ${now()} and kind = 'advance' order by tell_at limit 20
      for update skip locked)
    returning receipts.id, invoice_id, invoices.state = 'paid' as is_paid`
  return forEachDue(
    log,
    due.filter(({ isPaid }) => isPaid),
    async ({ id, invoiceId }) => {
      await handOver(resources, itself, { invoiceId }).catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error
      })
      await sql`update receipts set tell_at = null where id = ${id}`
    },
  )
}
