import * as v from 'valibot'
import { type AttemptState, liveStates } from '../attempts/attempt.ts'
import type { InvoiceState } from '../invoices/invoice.ts'

/** Where an invoice stands for the one who pays it: of his invoice and his latest attempt, in one word. */
export const payerPhases = [
  'to-pay',
  'partly-paid',
  'starting',
  'bank-silent',
  'being-paid',
  'processing',
  'looked-at',
  'paid',
  'expired',
  'cancelled',
] as const
export const PayerPhase = v.picklist(payerPhases)
export type PayerPhase = v.InferOutput<typeof PayerPhase>

/** What the page follows: one reading of an invoice and the attempt that matters. */
export type Moment = {
  state: InvoiceState
  amountKopecks: number
  paidKopecks: number
  expiresAt: Date | null
  attempt: PayerAttempt | null
  /** Receipts that can be shown by now. */
  receipts: number
  /** One is on its way to the tax service. */
  isReceiptDue: boolean
}

export type PayerAttempt = {
  attemptId: string
  state: AttemptState
  amountKopecks: number
  payUrl: string | null
  qrPayload: string | null
  wantsQr: boolean
  /** Whether the bank ever took the order. */
  isOrder: boolean
  startedAt: Date
  endedAt: Date | null
}

const silentMs = 10_000

const isLive = ({ state }: PayerAttempt): boolean => liveStates.includes(state)

/** The bank has no order yet, or does not say so. */
const isStarting = ({ state }: PayerAttempt): boolean => state === 'starting' || state === 'unknown'

const phaseOfLive = (attempt: PayerAttempt, time: Date): PayerPhase => {
  if (attempt.state === 'quarantined') return 'looked-at'
  if (isStarting(attempt))
    return time.getTime() - attempt.startedAt.getTime() > silentMs ? 'bank-silent' : 'starting'
  return attempt.state === 'held' ? 'processing' : 'being-paid'
}

export const phaseOf = ({ state, paidKopecks, expiresAt, attempt }: Moment, time: Date): PayerPhase => {
  if (state === 'paid' || state === 'cancelled') return state
  if (attempt && isLive(attempt)) return phaseOfLive(attempt, time)
  if (state === 'expired' || (expiresAt && expiresAt <= time)) return 'expired'
  return paidKopecks > 0 ? 'partly-paid' : 'to-pay'
}

/** Nothing more comes by itself: no page need ask. */
export const isFinal = ({ state, isReceiptDue }: Moment): boolean =>
  state === 'cancelled' || (state === 'paid' && !isReceiptDue)

/** How the latest attempt ended without money, while that is still news. */
export type Ended = 'declined' | 'not-taken' | 'too-late' | 'given-back'

const newsMs = 60 * 60_000

export const endOf = ({ attempt }: Moment, time: Date): Ended | undefined => {
  if (!attempt?.endedAt || time.getTime() - attempt.endedAt.getTime() > newsMs) return undefined
  if (attempt.state === 'failed') return attempt.isOrder ? 'declined' : 'not-taken'
  if (attempt.state === 'expired') return 'too-late'
  return attempt.state === 'reversed' ? 'given-back' : undefined
}

/** Another text means that the page shows something else. */
export const stampOf = (moment: Moment, time: Date): string => {
  const { attempt, paidKopecks, receipts } = moment
  const shown = attempt && [
    attempt.attemptId,
    attempt.state,
    attempt.payUrl ? 'page' : '',
    attempt.qrPayload ? 'qr' : '',
  ]
  return [phaseOf(moment, time), paidKopecks, receipts, ...(shown ?? [])].join('.')
}

/** What a page came to wait for: the bank's page, a QR, or what became of a payment that its payer returns from. */
export const Awaited = v.picklist(['bank', 'qr', 'back'])
export type Awaited = v.InferOutput<typeof Awaited>

export const hasCome = (awaited: Awaited, { attempt }: Moment): boolean => {
  if (!attempt || !isLive(attempt) || attempt.state === 'quarantined') return true
  if (awaited === 'back') return attempt.state !== 'open'
  return !isStarting(attempt) && (awaited === 'bank' || attempt.qrPayload !== null)
}
