import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import type { OrderStatus } from '../vtb/schemas.ts'

export const attemptStates = [
  'starting',
  'unknown',
  'open',
  'settled',
  'failed',
  'expired',
  'reversed',
  'quarantined',
] as const
export type AttemptState = (typeof attemptStates)[number]

/** Money may still come by it, so its invoice gets no other one beside it. */
export const liveStates: AttemptState[] = ['starting', 'unknown', 'open', 'quarantined']

export const Way = v.picklist(['card', 'sbp'])
export type Way = v.InferOutput<typeof Way>

export const Attempt = v.object({
  attemptId: Id,
  invoiceId: Id,
  state: v.picklist(attemptStates),
  payUrl: v.nullable(v.string()),
  qrPayload: v.nullable(v.string()),
  amountKopecks: Kopecks,
})

const sbpMostKopecks = 100_000_000
const gatewayMostKopecks = 999_999_999_999

/** The channel's own limit, by name, or nothing when the sum fits. */
export const limitOf = (way: Way, amountKopecks: number): string | undefined => {
  if (way === 'sbp' && amountKopecks > sbpMostKopecks) return 'СБП takes at most 1 000 000 ₽'
  if (amountKopecks > gatewayMostKopecks) return 'ВТБ takes at most 12 digits of kopecks'
  return undefined
}

type Judged = { state: AttemptState; orderNumber: string; amountKopecks: number }
export type Verdict =
  | { state: 'settled'; way: Way }
  | { state: 'failed' | 'expired' | 'reversed' | 'quarantined'; reason: string }
  | undefined

const roubles = ['643', '810']
const sessionEnded = '-2007'

const mismatch = ({ orderNumber, amountKopecks }: Judged, order: OrderStatus): string | undefined => {
  if (order.orderNumber !== orderNumber) return 'number'
  if (order.amount !== amountKopecks) return 'amount'
  if (!roubles.includes(order.currency)) return 'currency'
  const deposited = order.paymentAmountInfo?.depositedAmount
  if (order.orderStatus === 2 && deposited !== undefined && deposited !== amountKopecks) return 'deposited'
  return undefined
}

const ended = (state: AttemptState): boolean => !liveStates.includes(state)

/** What the bank's own answer makes of an attempt; undefined leaves it as it is. A late success wins over any earlier end. */
export const judge = (attempt: Judged, order: OrderStatus): Verdict => {
  if (attempt.state === 'settled' || attempt.state === 'quarantined') return undefined
  const wrong = mismatch(attempt, order)
  if (wrong) return { state: 'quarantined', reason: wrong }
  if (order.orderStatus === 2)
    return { state: 'settled', way: order.paymentWay?.startsWith('SBP') ? 'sbp' : 'card' }
  // Somebody gave money back past us: a person must say what happened.
  if (order.orderStatus === 4) return { state: 'quarantined', reason: 'refunded-elsewhere' }
  if (ended(attempt.state)) return undefined
  if (order.orderStatus === 3) return { state: 'reversed', reason: order.actionCode ?? '' }
  if (order.orderStatus === 6)
    return {
      state: order.actionCode === sessionEnded ? 'expired' : 'failed',
      reason: order.actionCode ?? '',
    }
  return undefined
}

const minuteMs = 60_000

/** How long until the bank is asked again: at once while somebody looks at the screen, then ever slower. */
export const nextAskMs = (ageMs: number, fastMs: number): number => {
  if (ageMs < 20 * minuteMs) return fastMs
  if (ageMs < 30 * minuteMs) return Math.max(fastMs, 10_000)
  if (ageMs < 60 * minuteMs) return minuteMs
  if (ageMs < 6 * 60 * minuteMs) return 5 * minuteMs
  return 15 * minuteMs
}

/** A QR may outlive its order: the bank is asked for three days after the end that it told. */
export const lateSuccessMs = 3 * 24 * 60 * minuteMs
