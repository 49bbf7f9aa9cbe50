import { ClientFault } from '../client/ask-client.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'

type Due = { id: string; userId: string }

const minuteMs = 60_000

/**
 * The job `sort-transfer-receipts`. Settlements between companies by transfer want no till (54-ФЗ, art. 2 p. 9); a person's
 * do. An entrepreneur is a person here: whoever knows that he paid as one waives it.
 */
export const sortTransferReceipts = async (resources: Resources): Promise<number> => {
  const { fiscal, sql, now, log } = resources
  if (!fiscal) return 0
  const due = await sql<Due[]>`
    update receipts set ask_at = ${new Date(now().getTime() + minuteMs)}
    where id in (
      select id from receipts where ask_at <= ${now()} and attempt_id is null order by ask_at limit 20
      for update skip locked)
    returning id, user_id`
  return forEachDue(log, due, async ({ id, userId }) => {
    try {
      const needless =
        fiscal.ofTransfers === 'none' || (await resources.readRequisites(userId))?.kind === 'company'
      await (needless
        ? sql`
            update receipts set state = 'void', reason = ${fiscal.ofTransfers === 'none' ? 'not-wanted' : 'between-companies'}, ask_at = null, alarm_at = null
            where id = ${id} and state = 'expected'`
        : sql`update receipts set ask_at = null where id = ${id}`)
    } catch (error) {
      if (!(error instanceof ClientFault)) throw error
      log.warn('payer-not-asked', { receiptId: id })
    }
  })
}
