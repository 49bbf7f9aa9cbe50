import type { BankOrder } from '../acquirer/acquirer.ts'
import { BankFault, isNotSent, isRefusal } from '../acquirer/bank-fault.ts'
import { sumOf } from '../acquirer/sum.ts'
import { nextAskMs } from '../attempts/attempt.ts'
import { forEachDue } from '../for-each-due.ts'
import { receiptOfRefund } from '../receipts/receipt-of-refund.ts'
import type { Resources } from '../resources.ts'
import {
  type Attempted,
  claimRefunds,
  type DueRefund,
  markAttempted,
  unmarkAttempted,
} from './claim-refunds.ts'
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
      if (!(error instanceof BankFault)) throw error
      log.warn('refund-unclear', { refundId: refund.id, code: error.code })
      await askLater(resources, refund, error.retryAfterMs)
    }
  })
}

const advance = async (resources: Resources, refund: DueRefund): Promise<void> => {
  const order = await askOrder(resources, refund)
  if (isAttempted(refund)) return follow(resources, refund, order)
  const { refundedKopecks, capturedKopecks: depositedKopecks } = order
  if (refundedKopecks === undefined || depositedKopecks === undefined)
    throw new BankFault('unclear', 'no-amounts')
  const attempted = await markAttempted(resources, refund, { refundedKopecks, depositedKopecks })
  if (attempted) await send(resources, attempted, order, true)
}

const isAttempted = (refund: DueRefund): refund is Attempted => refund.refundedBeforeKopecks !== null

const askOrder = async ({ acquirers }: Resources, refund: DueRefund): Promise<BankOrder> => {
  const { acquirer, orderNumber, mdOrder } = refund
  const order = await acquirers.of(acquirer).find({ orderNumber, bankId: mdOrder })
  if (!order || order.orderNumber !== orderNumber) throw new BankFault('unclear', 'another-order')
  return order
}

/** Sent before, perhaps by a process that died. Only a bank that tells a repeat by its number is told again. */
const follow = async (resources: Resources, refund: Attempted, order: BankOrder): Promise<void> => {
  const verdict = judgeRefund(refund, order)
  if (verdict) return endRefund(resources, refund, verdict)
  const { refundId } = resources.acquirers.of(refund.acquirer)
  if (refundId === 'verified' && !refund.acceptedAt) return send(resources, refund, order, false)
  await askLater(resources, refund)
}

const send = async (
  resources: Resources,
  refund: Attempted,
  { paymentId }: BankOrder,
  isFirst: boolean,
): Promise<void> => {
  const { acquirers, sql, now, log } = resources
  const { id, orderNumber, mdOrder, refundNumber } = refund
  const receipt = await receiptOfRefund(resources, refund)
  try {
    await acquirers.of(refund.acquirer).refund({
      order: { orderNumber, bankId: mdOrder, paymentId },
      amount: sumOf(refund.amountKopecks),
      number: refundNumber,
      expectedCapturedKopecks: refund.depositedBeforeKopecks,
      receipt,
    })
  } catch (error) {
    if (isFirst && isNotSent(error)) await unmarkAttempted(resources, refund)
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

const patienceMs = 24 * 3_600_000

/**
 * What was attempted and not accepted is unknown from here on, and so is what was accepted and not made within a day: then an
 * operator sees it. A hint that came meanwhile is not lost.
 */
const askLater = async (
  { sql, now, pollFastMs }: Resources,
  { id }: DueRefund,
  wishMs = 0,
): Promise<void> => {
  const [refund] = await sql<
    { attemptedAt: Date | null }[]
  >`select attempted_at from refunds where id = ${id}`
  const ageMs = now().getTime() - (refund?.attemptedAt ?? now()).getTime()
  const waitMs = Math.max(nextAskMs(ageMs, pollFastMs), wishMs)
  await sql`
    update refunds set ask_at = ${new Date(now().getTime() + waitMs)},
      state = case when state = 'sending' and (accepted_at is null or ${ageMs > patienceMs}) then 'unknown' else state end
    where id = ${id} and ask_at > ${now()}`
}
