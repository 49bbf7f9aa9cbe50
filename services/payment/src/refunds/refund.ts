import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import type { BankOrder } from '../acquirer/acquirer.ts'
import type { AttemptState } from '../attempts/attempt.ts'

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

type Captured = {
  state: AttemptState
  amountKopecks: number
  capturedKopecks: number | null
  refundedKopecks: number
}

/** What is reserved by refunds under way is gone already. */
export const refundableKopecks = ({
  state,
  amountKopecks,
  capturedKopecks,
  refundedKopecks,
}: Captured): number => (state === 'settled' ? (capturedKopecks ?? amountKopecks) - refundedKopecks : 0)

type Attempted = { refundNumber: string; amountKopecks: number; refundedBeforeKopecks: number }
export type RefundVerdict = { state: 'settled' } | { state: 'failed'; failure: string } | undefined

/**
 * What the bank's own answer makes of a refund that was sent: by our number where the bank tells it, else only if the
 * refunded amount rose by exactly ours, for no other refund of this order is under way.
 */
export const judgeRefund = (refund: Attempted, order: BankOrder): RefundVerdict => {
  const { refundNumber, amountKopecks, refundedBeforeKopecks } = refund
  const refunded = order.refundedKopecks
  const own = order.refunds.find(({ number }) => number === refundNumber)
  if (own?.state === 'pending') return undefined
  if (own?.state === 'done' && own.amountKopecks === amountKopecks) return { state: 'settled' }
  if (refunded === refundedBeforeKopecks + amountKopecks) return { state: 'settled' }
  if (own?.state === 'failed' && refunded === refundedBeforeKopecks)
    return { state: 'failed', failure: own.code }
  return undefined
}

/** Nothing has moved and nothing is moving: then a refusal of the first call is the end of it. */
export const isUntouched = (refund: Attempted, order: BankOrder): boolean =>
  order.refundedKopecks === refund.refundedBeforeKopecks &&
  !order.refunds.some(({ state }) => state === 'pending')
