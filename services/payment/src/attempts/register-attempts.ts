import type { AcquirerName, Capture } from '../acquirer/acquirer.ts'
import { BankFault, isRefusal } from '../acquirer/bank-fault.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { type AttemptState, nextAskMs } from './attempt.ts'
import { openOrder } from './open-order.ts'

export type DueAttempt = {
  id: string
  state: AttemptState
  acquirer: AcquirerName
  capture: Capture
  orderNumber: string
  mdOrder: string | null
  payUrl: string | null
  amountKopecks: number
  invoiceNumber: string
  wantsQr: boolean
  qrPayload: string | null
  startedAt: Date
}

const minuteMs = 60_000
// A little more than one call may take; who comes sooner asks by the number first.
const claimMs = 35_000

const retryMs = (error: BankFault, ageMs: number): number =>
  Math.max(isRefusal(error) ? minuteMs : 2000, nextAskMs(ageMs, 2000), error.retryAfterMs)

/** The job `start-attempts`: tells the bank of new attempts and gets the QR of those that want one. */
export const registerAttempts = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<DueAttempt[]>`
    update attempts set start_at = ${new Date(now().getTime() + claimMs)},
      state = case attempts.state when 'starting' then 'unknown' else attempts.state end
    from invoices, (
      select id, state from attempts where start_at <= ${now()} order by start_at limit 20 for update skip locked
    ) claimed
    where invoices.id = attempts.invoice_id and attempts.id = claimed.id
    returning attempts.id, claimed.state, acquirer, attempts.capture, order_number, md_order, pay_url,
      attempts.amount_kopecks, invoices.number as invoice_number, wants_qr, qr_payload, started_at`
  return forEachDue(log, due, async (attempt) => {
    try {
      await advance(resources, attempt)
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      log.warn('attempt-start-unclear', { attemptId: attempt.id, code: error.code })
      const again = new Date(now().getTime() + retryMs(error, now().getTime() - attempt.startedAt.getTime()))
      await sql`update attempts set start_at = ${again} where id = ${attempt.id} and start_at > ${now()}`
    }
  })
}

const advance = async (resources: Resources, attempt: DueAttempt): Promise<void> => {
  const { sql, now, acquirers } = resources
  const acquirer = acquirers.of(attempt.acquirer)
  const order = attempt.mdOrder
    ? { ...attempt, bankId: attempt.mdOrder }
    : await openOrder(resources, attempt)
  if (!order) return
  const { orderNumber } = attempt
  if (attempt.wantsQr && !order.qrPayload) {
    const { qrId, payload } = await acquirer.qr({ orderNumber, bankId: order.bankId })
    await sql`update attempts set qr_id = ${qrId}, qr_payload = ${payload} where id = ${attempt.id}`
  } else if (!attempt.wantsQr && !order.payUrl) await withdraw(resources, attempt, order.bankId)
  await sql`update attempts set start_at = null where id = ${attempt.id} and start_at > ${now()}`
}

/** The page's address was lost with the answer and is not told again: the order is given up, the payer may begin anew. */
const withdraw = async (
  { acquirers }: Resources,
  { acquirer, orderNumber }: DueAttempt,
  bankId: string,
): Promise<void> => {
  try {
    await acquirers.of(acquirer).withdraw({ orderNumber, bankId }, null)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}
