import type { Bank } from './bank.ts'
import { addCallback } from './callbacks.ts'
import { type CallbackFate, type Order, orderStatus, type Refund } from './order.ts'

export type Operation = 'approved' | 'deposited' | 'reversed' | 'refunded' | 'declinedByTimeout'
type Announcement = {
  operation: Operation
  succeeded: boolean
  at: number
  fate?: CallbackFate
  refund?: Refund
}

/** Puts the callback into the book together with the change it tells of; the courier takes it from there. */
export const announce = (bank: Bank, order: Order, announcement: Announcement): void => {
  const { callbackUrl, callbackExtras } = bank.settings()
  const url = order.callbackUrl ?? callbackUrl
  if (!url) return
  const { operation, succeeded, at, fate = 'send', refund } = announcement
  const parameters = {
    mdOrder: order.mdOrder,
    orderNumber: order.orderNumber,
    operation,
    status: succeeded ? '1' : '0',
    callbackCreationDate: creationDate(at),
    ...(callbackExtras && extras(order, refund)),
  }
  addCallback(bank.store, { mdOrder: order.mdOrder, url, parameters, fate, dueAt: at })
}

const extras = (order: Order, refund: Refund | undefined): Record<string, string> => ({
  amount: String(order.amountKopecks),
  approvedAmount: String(order.approvedKopecks),
  depositedAmount: String(order.depositedKopecks),
  refundedAmount: String(order.refundedKopecks),
  currency: '643',
  depositFlag: order.twoStage ? '2' : '1',
  paymentState: paymentStates[order.status],
  actionCode: String(order.actionCode),
  orderDescription: order.description ?? '',
  ...(order.paymentWay && { paymentWay: order.paymentWay }),
  ...(order.paymentWay === 'SBP_C2B' && { 'sbp.c2b.operation.nspkCode': '' }),
  ...(refund && { operationRefundedAmount: String(refund.amountKopecks) }),
  ...(refund?.externalRefundId && { externalRefundId: refund.externalRefundId }),
})

const paymentStates = {
  [orderStatus.registered]: 'started',
  [orderStatus.held]: 'payment_approved',
  [orderStatus.deposited]: 'payment_deposited',
  [orderStatus.reversed]: 'payment_void',
  [orderStatus.refunded]: 'refunded',
  [orderStatus.inProgress]: 'pending',
  [orderStatus.declined]: 'payment_declined',
}

/** `Mon Jan 31 21:46:52 MSK 2022` */
const creationDate = (at: number): string => {
  const [weekday, day, month, year, time] = new Date(at + 3 * 3_600_000).toUTCString().split(' ')
  return `${weekday?.slice(0, 3)} ${month} ${day} ${time} MSK ${year}`
}
