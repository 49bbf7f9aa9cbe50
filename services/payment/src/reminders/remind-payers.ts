import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { remindPayer } from './remind-payer.ts'

/** Whoever dies over one looks at it again after it. */
const claimMs = 60_000

/** The job `remind-payers`. */
export const remindPayers = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<{ id: string }[]>`
    update invoices set remind_at = ${new Date(now().getTime() + claimMs)}
    where id in (
      select id from invoices where remind_at <= ${now()} order by remind_at limit 50 for update skip locked)
    returning id`
  return forEachDue(log, due, ({ id }) => remindPayer(resources, { invoiceId: id }))
}
