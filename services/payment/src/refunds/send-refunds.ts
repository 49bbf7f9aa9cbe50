import { nextAskMs } from '../attempts/attempt.ts'
import { forEachDue } from '../for-each-due.ts'
import { receiptOfRefund } from '../receipts/receipt-of-refund.ts'
import type { Resources } from '../resources.ts'
import type { OrderStatus } from '../vtb/schemas.ts'
import { isRefusal, VtbFault } from '../vtb/vtb-fault.ts'
import { type Attempted, claimRefunds, type DueRefund, markAttempted } from './claim-refunds.ts'
import { endRefund } from './end-refund.ts'
import { isUntouched, judgeRefund } from './refund.ts'

/** The job `send-refunds`. A refund is told to the bank, and ends only by the bank's answer to a question of ours. */
export const sendRefunds = async (resources: Resources): Promise<number> => {
  const { log } = resources
  const due = await claimRefunds(resources)
  return forEachDue(log, due, async (refund) => {
    try {
      await advance(resources, refund)
    } catch (error) {
      if (!(error instanceof VtbFault)) throw error
      log.warn('refund-unclear', { refundId: refund.id, code: error.code })
      await askLater(resources, refund)
    }
  })
}

const advance = async (resources: Resources, refund: DueRefund): Promise<void> => {
  const order = await askOrder(resources, refund)
  if (isAttempted(refund)) return follow(resources, refund, order)
  const { refundedAmount, depositedAmount } = order.paymentAmountInfo ?? {}
  if (refundedAmount === undefined || depositedAmount === undefined)
    throw new VtbFault('unclear', 'no-amounts')
  const before = { refundedKopecks: refundedAmount, depositedKopecks: depositedAmount }
  const attempted = await markAttempted(resources, refund, before)
  if (attempted) await send(resources, attempted, true)
}

const isAttempted = (refund: DueRefund): refund is Attempted => refund.refundedBeforeKopecks !== null

const askOrder = async ({ vtb }: Resources, { mdOrder, orderNumber }: DueRefund): Promise<OrderStatus> => {
  const order = await vtb.statusOf(mdOrder)
  if (!order || order.orderNumber !== orderNumber) throw new VtbFault('unclear', 'another-order')
  return order
}

/** Sent before, perhaps by a process that died. Only a bank that tells a repeat by its number is told again. */
const follow = async (resources: Resources, refund: Attempted, order: OrderStatus): Promise<void> => {
  const verdict = judgeRefund(refund, order)
  if (verdict) return endRefund(resources, refund, verdict)
  if (resources.refundId === 'verified' && !refund.acceptedAt) return send(resources, refund, false)
  await askLater(resources, refund)
}

const send = async (resources: Resources, refund: Attempted, isFirst: boolean): Promise<void> => {
  const { vtb, sql, now, log } = resources
  const { id, mdOrder, amountKopecks, refundNumber, depositedBeforeKopecks } = refund
  const receipt = await receiptOfRefund(resources, refund)
  try {
    await vtb.refund({
      mdOrder,
      amountKopecks,
      externalRefundId: refundNumber,
      expectedDepositedKopecks: depositedBeforeKopecks,
      receipt,
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    log.warn('refund-refused', { refundId: id, code: error.code })
    return afterRefusal(resources, refund, isFirst, error.code)
  }
  await sql`update refunds set accepted_at = ${now()} where id = ${id} and accepted_at is null`
  const accepted = { ...refund, acceptedAt: now() }
  await follow(resources, accepted, await askOrder(resources, accepted))
}

/** A refusal of a repeat says nothing of the first call, which may have been done. */
const afterRefusal = async (
  resources: Resources,
  refund: Attempted,
  isFirst: boolean,
  code: string,
): Promise<void> => {
  const order = await askOrder(resources, refund)
  const verdict =
    judgeRefund(refund, order) ??
    (isFirst && isUntouched(refund, order) ? { state: 'failed' as const, failure: code } : undefined)
  if (verdict) await endRefund(resources, refund, verdict)
  else await askLater(resources, refund)
}

/** What was attempted and not accepted is unknown from here on; a hint that came meanwhile is not lost. */
const askLater = async ({ sql, now, pollFastMs }: Resources, { id }: DueRefund): Promise<void> => {
  const [refund] = await sql<
    { attemptedAt: Date | null }[]
  >`select attempted_at from refunds where id = ${id}`
  const ageMs = now().getTime() - (refund?.attemptedAt ?? now()).getTime()
  await sql`
    update refunds set ask_at = ${new Date(now().getTime() + nextAskMs(ageMs, pollFastMs))},
      state = case when state = 'sending' and accepted_at is null then 'unknown' else state end
    where id = ${id} and ask_at > ${now()}`
}
