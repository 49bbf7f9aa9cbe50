import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { type BankOrder, type Capture, ways } from '../acquirer/acquirer.ts'

export const attemptStates = [
  'starting',
  'unknown',
  'open',
  'held',
  'settled',
  'failed',
  'expired',
  'reversed',
  'quarantined',
] as const
export type AttemptState = (typeof attemptStates)[number]

/** Money may still come by it, so its invoice gets no other one beside it. */
export const liveStates: AttemptState[] = ['starting', 'unknown', 'open', 'held', 'quarantined']

export const Way = v.picklist(ways)
export type Way = v.InferOutput<typeof Way>

export const Attempt = v.object({
  attemptId: Id,
  invoiceId: Id,
  state: v.picklist(attemptStates),
  payUrl: v.nullable(v.string()),
  qrPayload: v.nullable(v.string()),
  amountKopecks: Kopecks,
})

/** `askedKopecks`: what an operator wants taken of a hold, where one does. */
type Judged = {
  state: AttemptState
  orderNumber: string
  amountKopecks: number
  capture: Capture
  askedKopecks: number | null
}
export type Verdict =
  | { state: 'settled'; way: Way; capturedKopecks: number }
  | { state: 'held' }
  | { state: 'failed' | 'expired' | 'reversed' | 'quarantined'; reason: string }
  | undefined

const mismatch = ({ orderNumber, amountKopecks }: Judged, order: BankOrder): string | undefined => {
  if (order.orderNumber !== orderNumber) return 'number'
  if (order.amountKopecks !== amountKopecks) return 'amount'
  if (!order.isRouble) return 'currency'
  return undefined
}

/** All of it, unless it was held and an operator asked for a part. A bank that tells no amount took what the order says. */
const judgeCaptured = ({ amountKopecks, capture, askedKopecks }: Judged, order: BankOrder): Verdict => {
  const expected = askedKopecks ?? amountKopecks
  const told = order.capturedKopecks
  if (told === undefined && capture === 'manual' && expected !== amountKopecks) return undefined
  if (told !== undefined && told !== expected) return { state: 'quarantined', reason: 'deposited' }
  return { state: 'settled', way: order.way ?? 'card', capturedKopecks: expected }
}

/** In one stage a hold is on its way to being taken; a late one may stand beside a newer attempt, and a person must look. */
const judgeHeld = ({ state, capture }: Judged): Verdict => {
  if (capture === 'auto' || state === 'held') return undefined
  return liveStates.includes(state) ? { state: 'held' } : { state: 'quarantined', reason: 'late-hold' }
}

/** What the bank's own answer makes of an attempt; undefined leaves it as it is. A late success wins over any earlier end. */
export const judge = (attempt: Judged, order: BankOrder): Verdict => {
  if (attempt.state === 'settled' || attempt.state === 'quarantined') return undefined
  const wrong = mismatch(attempt, order)
  if (wrong) return { state: 'quarantined', reason: wrong }
  if (order.state === 'captured') return judgeCaptured(attempt, order)
  if (order.state === 'held') return judgeHeld(attempt)
  // Somebody gave money back past us: a person must say what happened.
  if (order.state === 'refunded') return { state: 'quarantined', reason: 'refunded-elsewhere' }
  if (!liveStates.includes(attempt.state)) return undefined
  if (order.state === 'reversed') return { state: 'reversed', reason: order.code }
  if (order.state === 'expired') return { state: 'expired', reason: order.code }
  if (order.state === 'declined') return { state: 'failed', reason: order.code }
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
