import type { OrderReceipt, RefundReceipt } from '../vtb/receipts.ts'
import type { Sum } from './sum.ts'

export const acquirerNames = ['rbs', 'openapi'] as const
export type AcquirerName = (typeof acquirerNames)[number]

export const ways = ['card', 'sbp'] as const
export type PayWay = (typeof ways)[number]

/** `auto`: one stage, paid is taken. `manual`: paid is held until an operator takes it or lets it go. */
export const captures = ['auto', 'manual'] as const
export type Capture = (typeof captures)[number]

/**
 * What the bank says of its order, in our words. `pending`: something is under way there. `unknown`: a word that we do not
 * know; it moves nothing and is told to the operator.
 */
export const orderStates = [
  'registered',
  'pending',
  'held',
  'captured',
  'partly-captured',
  'reversed',
  'refunded',
  'declined',
  'expired',
  'unknown',
] as const
export type OrderState = (typeof orderStates)[number]

/** `number` is ours, where the bank gives it back. */
export type BankRefund = {
  number: string | undefined
  amountKopecks: number | undefined
  state: 'pending' | 'done' | 'failed'
  code: string
}

/** The bank's answer to our own question. An amount that it does not tell is undefined, never 0. */
export type BankOrder = {
  orderNumber: string
  bankId: string | undefined
  state: OrderState
  /** The bank's own reason, for the operator: nothing is decided by it. */
  code: string
  amountKopecks: number
  isRouble: boolean
  way: PayWay | undefined
  heldKopecks: number | undefined
  /** Taken and not given back. */
  capturedKopecks: number | undefined
  refundedKopecks: number | undefined
  refunds: BankRefund[]
  /** The bank's number of the payment itself, where refunds need it. */
  paymentId?: string | undefined
  payUrl?: string | undefined
}

export type OrderRef = { orderNumber: string; bankId: string | null }
export type NewOrder = {
  orderNumber: string
  amount: Sum
  description: string
  capture: Capture
  /** In the gateway's words: no other bank is known to make receipts. */
  receipt?: OrderReceipt | undefined
}
/** `qrId` and `qrPayload` come with the order where the bank makes them at once. */
export type OpenedOrder = {
  bankId: string
  payUrl: string | null
  qrId?: string | undefined
  qrPayload?: string | undefined
}
export type Qr = { qrId: string; payload: string }
export type NewRefund = {
  order: OrderRef & { paymentId?: string | undefined }
  amount: Sum
  /** Ours: by it a bank that can tells a repeat from a second refund. */
  number: string
  /** The bank's own lock, where it has one: done only while so much is on the order. */
  expectedCapturedKopecks: number
  receipt?: RefundReceipt | undefined
}

/**
 * A bank's acquiring, as attempts and refunds see it. Each call may end in a `BankFault`; whatever moves money or makes an
 * order is called once, and what came of it is learned by `find` alone.
 */
export type Acquirer = {
  name: AcquirerName
  /** `verified`: this merchant was seen to tell a repeated refund by its number, so it may be sent again. */
  refundId: 'verified' | 'unverified'
  /** The channel's own limit, by name, or nothing when the sum and the way fit. Asked before anything is written. */
  limitOf: (order: { way: PayWay; amountKopecks: number; capture: Capture }) => string | undefined
  register: (order: NewOrder) => Promise<OpenedOrder>
  /** Undefined: the bank does not know it. */
  find: (order: OrderRef) => Promise<BankOrder | undefined>
  qr: (order: OrderRef) => Promise<Qr>
  /** Gives up an order that nobody has paid, and its QR. Where the bank has no such call, it ends by itself. */
  withdraw: (order: OrderRef, qrId: string | null) => Promise<void>
  capture: (order: OrderRef, amount: Sum) => Promise<void>
  /** Lets a hold go. Works once: a refused one bars every later one. */
  release: (order: OrderRef) => Promise<void>
  refund: (refund: NewRefund) => Promise<void>
}

/** Which adapter an attempt went through is written on it; `forNew` is where new ones go. */
export type Acquirers = { forNew: AcquirerName; of: (name: AcquirerName) => Acquirer }
