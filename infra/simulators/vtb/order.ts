import type { Bundle, CartItem } from './receipts/cart.ts'

/** The numbers of `orderStatus`. */
export const orderStatus = {
  registered: 0,
  held: 1,
  deposited: 2,
  reversed: 3,
  refunded: 4,
  inProgress: 5,
  declined: 6,
} as const
export type OrderStatus = (typeof orderStatus)[keyof typeof orderStatus]

export const actionCode = {
  done: 0,
  noAttempt: -100,
  inProgress: -30001,
  sessionEnded: -2007,
  attemptsExhausted: -2013,
  noFunds: 116,
  refundInProgress: 1120,
  refundFailed: 124,
  declinedByMerchant: 4005,
} as const

export type QrState = 'STARTED' | 'CONFIRMED' | 'ACCEPTED' | 'REJECTED' | 'REJECTED_BY_USER'
export type Qr = {
  qrId: string
  state: QrState
  payload: string
  redirectUrl: string | null
  issuedAt: number
}

export type Refund = {
  amountKopecks: number
  madeAt: number
  referenceNumber: string
  actionCode: number
  externalRefundId: string | null
  /** What of the cart goes back, where that was said. */
  items: CartItem[] | null
  /** When a refund in progress ends, and how. */
  dueAt: number | null
  fails: boolean
  /** When it was done, if it was in progress before. */
  doneAt?: number
}

export type CallbackFate = 'send' | 'lose' | 'duplicate'
export type Payment = {
  way: 'card' | 'sbp'
  outcome: 'paid' | 'declined'
  callback: CallbackFate
  delayMs: number
}

export type Order = {
  mdOrder: string
  orderNumber: string
  amountKopecks: number
  twoStage: boolean
  description: string | null
  returnUrl: string
  failUrl: string | null
  callbackUrl: string | null
  language: string
  ip: string | null
  jsonParams: Record<string, unknown>
  orderBundle: Bundle | null
  registeredAt: number
  sessionEndsAt: number
  status: OrderStatus
  actionCode: number
  paymentWay: 'CARD' | 'SBP_C2B' | null
  approvedKopecks: number
  /** A refund lowers it. */
  depositedKopecks: number
  refundedKopecks: number
  attempts: number
  /** Begun by the payer and not ended; it goes on after the session, which makes a late success. */
  pending: (Payment & { dueAt: number }) | null
  authorisedAt: number | null
  depositedAt: number | null
  reversedAt: number | null
  authRefNum: string | null
  reverseTried: boolean
  qrs: Qr[]
  refunds: Refund[]
}

export const currentQr = ({ qrs }: Order): Qr | undefined => qrs.at(-1)

export const withQrState = (order: Order, from: QrState[], to: QrState): Order => ({
  ...order,
  qrs: order.qrs.map((qr) => (from.includes(qr.state) ? { ...qr, state: to } : qr)),
})

/** Refunds in progress are already taken off, though `depositedAmount` shows them only when they are done. */
export const refundableKopecks = ({ depositedKopecks, refunds }: Order): number =>
  refunds
    .filter(({ dueAt }) => dueAt !== null)
    .reduce((left, refund) => left - refund.amountKopecks, depositedKopecks)

export const sessionIsOpen = ({ status }: Order): boolean =>
  status === orderStatus.registered || status === orderStatus.inProgress

/** The next moment at which something happens to the order by itself. */
export const nextEventAt = (order: Order): number | null => {
  const times = [
    order.pending?.dueAt,
    sessionIsOpen(order) ? order.sessionEndsAt : null,
    ...order.refunds.map(({ dueAt }) => dueAt),
  ].filter((time) => typeof time === 'number')
  return times.length > 0 ? Math.min(...times) : null
}
