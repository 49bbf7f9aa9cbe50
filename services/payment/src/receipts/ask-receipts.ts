import { BankFault } from '../acquirer/bank-fault.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { noteReceipts } from './note-receipts.ts'

type Due = { id: string; mdOrder: string }

const claimMs = 35_000
const minuteMs = 60_000

/** The job `ask-receipts`: the bank tells nothing of receipts by itself, so it is asked of each order whose are open. */
export const askReceipts = async (resources: Resources): Promise<number> => {
  const { fiscal, sql, now, log } = resources
  if (!fiscal) return 0
  const due = await sql<Due[]>`
    update receipts set ask_at = ${new Date(now().getTime() + claimMs)}
    from attempts
    where attempts.id = attempt_id and receipts.id in (
      select id from receipts where ask_at <= ${now()} and attempt_id is not null
      order by ask_at limit 20 for update skip locked)
    returning attempts.id, md_order`
  const orders = [...new Map(due.map((one) => [one.id, one])).values()]
  return forEachDue(log, orders, async ({ id, mdOrder }) => {
    try {
      await noteReceipts(resources, id, await fiscal.receiptsOf(mdOrder))
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      log.warn('receipts-not-asked', { attemptId: id, code: error.code })
      const again = new Date(now().getTime() + minuteMs)
      await sql`update receipts set ask_at = ${again} where attempt_id = ${id} and ask_at > ${now()}`
    }
  })
}
