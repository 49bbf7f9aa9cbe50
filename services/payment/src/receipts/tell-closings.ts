import { BankFault } from '../acquirer/bank-fault.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { claimClosings, type DueClosing, markTold, voidRefunded } from './claim-closings.ts'
import type { Fiscal } from './fiscal.ts'
import { noteReceipts } from './note-receipts.ts'
import { readOrder } from './read-seller.ts'
import { emailFor, receiptFor } from './receipt-of-attempt.ts'

const minuteMs = 60_000
const tooMany = '429'

/** The job `tell-closings`: asks the bank for the second receipt of what was prepaid and is handed over now. */
export const tellClosings = async (resources: Resources): Promise<number> => {
  const { fiscal, log } = resources
  if (!fiscal) return 0
  const due = await claimClosings(resources)
  return forEachDue(log, due, async (closing) => {
    try {
      await tell(resources, fiscal, closing)
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      await afterFault(resources, closing, error)
    }
  })
}

/** The bank's list first: a closing that was told before, its answer lost, is found there and not asked for twice. */
const tell = async (resources: Resources, fiscal: Fiscal, closing: DueClosing): Promise<void> => {
  const { id, attemptId, mdOrder } = closing
  await noteReceipts(resources, attemptId, await fiscal.receiptsOf(mdOrder))
  const [row] = await resources.sql<{ isFound: boolean }[]>`
    select bank_uuid is not null as is_found from receipts where id = ${id}`
  if (row?.isFound) return stopTelling(resources, id)
  const order = await readOrder(resources.sql, attemptId)
  const email = await emailFor(fiscal, order.userId)
  const told = await markTold(resources, closing)
  if (!told) return
  const { amountKopecks, items } = told
  const receipt = await receiptFor(resources, fiscal, { ...order, email, items })
  await fiscal.close({ mdOrder, amountKopecks, receipt })
}

const stopTelling = async ({ sql }: Resources, id: string): Promise<void> => {
  await sql`update receipts set tell_at = null where id = ${id}`
}

const afterFault = async (resources: Resources, closing: DueClosing, fault: BankFault): Promise<void> => {
  const { sql, now, log } = resources
  log.warn('closing-not-told', { receiptId: closing.id, code: fault.code })
  if (fault.kind === 'refused') {
    if (await voidRefunded(resources, closing)) return
    await sql`
      update receipts set state = 'error', reason = ${fault.code}, tell_at = null, ask_at = null, alarmed_at = ${now()}
      where id = ${closing.id} and state = 'expected'`
    log.error('receipt-failed', { receiptId: closing.id, reason: fault.code })
    return
  }
  const again = new Date(now().getTime() + minuteMs)
  // Too many requests: the gateway has not looked at it. What was told and not answered is never told again by itself.
  const wasNotDone = fault.code === tooMany
  await sql`
    update receipts set tell_at = ${again}
    where id = ${closing.id} and state = 'expected' and bank_uuid is null and (tell_at is not null or ${wasNotDone})`
}
