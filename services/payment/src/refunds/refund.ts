import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import type { AttemptState } from '../attempts/attempt.ts'
import type { OrderStatus } from '../vtb/schemas.ts'

export const refundStates = ['requested', 'sending', 'unknown', 'settled', 'failed'] as const
export type RefundState = (typeof refundStates)[number]

export const Refund = v.object({
  refundId: Id,
  attemptId: Id,
  invoiceId: Id,
  state: v.picklist(refundStates),
  amountKopecks: Kopecks,
  failure: v.nullable(v.string()),
})

type Captured = { state: AttemptState; amountKopecks: number; refundedKopecks: number }

/** What is reserved by refunds under way is gone already. */
export const refundableKopecks = ({ state, amountKopecks, refundedKopecks }: Captured): number =>
  state === 'settled' ? amountKopecks - refundedKopecks : 0

type Attempted = { refundNumber: string; amountKopecks: number; refundedBeforeKopecks: number }
export type RefundVerdict = { state: 'settled' } | { state: 'failed'; failure: string } | undefined

const done = '0'
const inProgress = '1120'

/**
 * What the bank's own answer makes of a refund that was sent: by our number where the bank tells it, else only if the
 * refunded amount rose by exactly ours, for no other refund of this order is under way.
 */
export const judgeRefund = (refund: Attempted, order: OrderStatus): RefundVerdict => {
  const { refundNumber, amountKopecks, refundedBeforeKopecks } = refund
  const refunded = order.paymentAmountInfo?.refundedAmount
  const own = order.refunds?.find(({ externalRefundId }) => externalRefundId === refundNumber)
  if (own?.actionCode === inProgress) return undefined
  if (own?.actionCode === done && own.amount === amountKopecks) return { state: 'settled' }
  if (refunded === refundedBeforeKopecks + amountKopecks) return { state: 'settled' }
  if (own?.actionCode && own.actionCode !== done && refunded === refundedBeforeKopecks)
    return { state: 'failed', failure: own.actionCode }
  return undefined
}

/** Nothing has moved and nothing is moving: then a refusal of the first call is the end of it. */
export const isUntouched = (refund: Attempted, order: OrderStatus): boolean =>
  order.paymentAmountInfo?.refundedAmount === refund.refundedBeforeKopecks &&
  !order.refunds?.some(({ actionCode }) => actionCode === inProgress)
