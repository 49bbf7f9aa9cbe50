import type { BankOrder, BankRefund, OrderState } from '../acquirer/acquirer.ts'
import type { OrderStatus } from './schemas.ts'

/** 643 and its old number, which the gateway still answers with. */
const roubles = ['643', '810']
const sessionEnded = '-2007'
const refundDone = '0'
const refundInProgress = '1120'

const states: Record<number, OrderState> = {
  0: 'registered',
  1: 'held',
  2: 'captured',
  3: 'reversed',
  4: 'refunded',
  5: 'pending',
  6: 'declined',
  7: 'pending',
  8: 'partly-captured',
}

const stateOf = ({ orderStatus, actionCode }: OrderStatus): OrderState =>
  orderStatus === 6 && actionCode === sessionEnded ? 'expired' : (states[orderStatus] ?? 'unknown')

const refundState = (actionCode: string | null | undefined): BankRefund['state'] => {
  if (actionCode === refundDone) return 'done'
  // Without a code nobody knows yet how it ends.
  return actionCode === refundInProgress || !actionCode ? 'pending' : 'failed'
}

const wayOf = (paymentWay: string | null | undefined): BankOrder['way'] => {
  if (!paymentWay) return undefined
  return paymentWay.startsWith('SBP') ? 'sbp' : 'card'
}

const mdOrderOf = ({ attributes }: OrderStatus): string | undefined =>
  attributes?.find(({ name }) => name === 'mdOrder')?.value ?? undefined

/** The gateway's answer in our words. What its version does not tell stays untold. */
export const readOrder = (answer: OrderStatus, mdOrder?: string | null): BankOrder => ({
  orderNumber: answer.orderNumber,
  bankId: mdOrder ?? mdOrderOf(answer),
  state: stateOf(answer),
  code: answer.actionCode ?? '',
  amountKopecks: answer.amount,
  isRouble: roubles.includes(answer.currency),
  way: wayOf(answer.paymentWay),
  heldKopecks: answer.paymentAmountInfo?.approvedAmount ?? undefined,
  capturedKopecks: answer.paymentAmountInfo?.depositedAmount ?? undefined,
  refundedKopecks: answer.paymentAmountInfo?.refundedAmount ?? undefined,
  refunds: (answer.refunds ?? []).map(({ externalRefundId, amount, actionCode }) => ({
    number: externalRefundId ?? undefined,
    amountKopecks: amount ?? undefined,
    state: refundState(actionCode),
    code: actionCode ?? '',
  })),
})
