import type { BankOrder, BankRefund, OrderState } from '../acquirer/acquirer.ts'
import { type OrderAnswer, statusOf } from './schemas.ts'

/** Of payments and orders alike. `RECONCILED` comes after `CONFIRMED` and is the same money. */
const usualWords: Record<string, OrderState> = {
  CREATED: 'registered',
  NEW: 'registered',
  AUTHORIZED: 'held',
  CONFIRMED: 'captured',
  RECONCILED: 'captured',
  DECLINED: 'declined',
  REVERSED: 'reversed',
  VOIDED: 'reversed',
}

export type StateWords = Record<string, OrderState>

type Payment = NonNullable<NonNullable<OrderAnswer['transactions']>['payments']>[number]['object']
type Refund = NonNullable<NonNullable<OrderAnswer['transactions']>['refunds']>[number]['object']

/** A payer may try again until the order ends, so one declined payment is not yet the end of it. */
const expireMarginMs = 5 * 60_000

const sum = (amounts: (number | undefined)[]): number | undefined =>
  amounts.includes(undefined) ? undefined : amounts.reduce<number>((total, one) => total + (one ?? 0), 0)

const refundStates: Record<string, BankRefund['state']> = {
  CONFIRMED: 'done',
  RECONCILED: 'done',
  DECLINED: 'failed',
  REVERSED: 'failed',
  VOIDED: 'failed',
}

const readRefund = (refund: Refund): BankRefund => {
  const code = statusOf(refund)
  return {
    number: refund.refundId ?? undefined,
    amountKopecks: refund.amount?.value,
    state: refundStates[code] ?? 'pending',
    code,
  }
}

/** The bank's answer in our words; `words` are those that its papers leave open. */
export const readOrder = (answer: OrderAnswer, words: StateWords, now: Date): BankOrder => {
  const stateOf = (word: string): OrderState => words[word] ?? usualWords[word] ?? 'unknown'
  const payments = (answer.transactions?.payments ?? []).map(({ object }) => object)
  const refunds = (answer.transactions?.refunds ?? []).map(({ object }) => readRefund(object))
  const inState = (state: OrderState) => payments.filter((one) => stateOf(statusOf(one)) === state)
  // Whatever became of it later, it was taken once.
  const captured = payments.filter((one) => ['captured', 'refunded'].includes(stateOf(statusOf(one))))
  const done = refunds.filter(({ state }) => state === 'done')
  const refundedKopecks = answer.transactions
    ? sum(done.map(({ amountKopecks }) => amountKopecks))
    : undefined
  const takenKopecks = answer.transactions ? sum(captured.map(({ amount }) => amount?.value)) : undefined
  const known = captured[0] ?? inState('held')[0] ?? payments.at(-1)
  return {
    orderNumber: answer.orderId,
    bankId: answer.orderCode ?? answer.orderId,
    state: orderState(answer, payments, stateOf, { hasRefund: done.length > 0, now }),
    code: known ? statusOf(known) : statusOf(answer),
    amountKopecks: answer.amount.value,
    isRouble: answer.amount.code === 'RUB',
    way: wayOf(known),
    heldKopecks: sum(inState('held').map(({ amount }) => amount?.value)),
    capturedKopecks:
      takenKopecks === undefined || refundedKopecks === undefined
        ? undefined
        : takenKopecks - refundedKopecks,
    refundedKopecks,
    refunds,
    paymentId: captured[0]?.paymentId ?? undefined,
    payUrl: answer.payUrl ?? undefined,
  }
}

const wayOf = (payment: Payment | undefined): BankOrder['way'] => {
  const type = payment?.paymentData?.type?.toLowerCase()
  return type === 'sbp' || type === 'card' ? type : undefined
}

/** Money first, then what is under way, then the order's own word, then its time. */
const orderState = (
  answer: OrderAnswer,
  payments: Payment[],
  stateOf: (word: string) => OrderState,
  { hasRefund, now }: { hasRefund: boolean; now: Date },
): OrderState => {
  const states = payments.map((one) => stateOf(statusOf(one)))
  if (hasRefund) return 'refunded'
  for (const state of ['captured', 'partly-captured', 'held', 'unknown'] as const)
    if (states.includes(state)) return state
  const ofOrder = stateOf(statusOf(answer))
  const isUnderWay = states.includes('registered') || states.includes('pending')
  // The order's own word of money without a payment that shows it: the payment comes with the next answer.
  if (ofOrder === 'captured' || ofOrder === 'held') return 'pending'
  if (ofOrder !== 'registered') return ofOrder
  if (states.includes('reversed')) return 'reversed'
  if (isUnderWay) return 'pending'
  return isOver(answer, now) ? 'expired' : 'registered'
}

const isOver = ({ expire }: OrderAnswer, now: Date): boolean => {
  const end = expire ? Date.parse(expire) : Number.NaN
  return now.getTime() > end + expireMarginMs
}
