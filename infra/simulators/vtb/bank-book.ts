import type { Bank } from './bank.ts'
import { callbacksOf } from './callbacks.ts'
import { paymentStates } from './describe-order.ts'
import { type Order, refundableKopecks } from './order.ts'
import { receiptEntry } from './receipts/outside-receipts.ts'
import { receiptsOf } from './receipts/receipt-book.ts'

/** An order as the bank's own book has it, for whoever compares it with the merchant's. */
export const bookEntry = ({ store }: Bank, order: Order): object => ({
  mdOrder: order.mdOrder,
  orderNumber: order.orderNumber,
  description: order.description,
  amount: order.amountKopecks,
  orderStatus: order.status,
  state: paymentStates[order.status],
  actionCode: order.actionCode,
  paymentWay: order.paymentWay,
  twoStage: order.twoStage,
  approvedAmount: order.approvedKopecks,
  depositedAmount: order.depositedKopecks,
  refundedAmount: order.refundedKopecks,
  refundableAmount: refundableKopecks(order),
  refunds: order.refunds.map(({ amountKopecks, madeAt, dueAt, ...refund }) => ({
    amount: amountKopecks,
    time: time(madeAt),
    inProgress: dueAt !== null,
    actionCode: refund.actionCode,
    referenceNumber: refund.referenceNumber,
    externalRefundId: refund.externalRefundId,
  })),
  qrs: order.qrs.map(({ qrId, state, payload }) => ({ qrId, state, payload })),
  paymentInProgress: order.pending !== null,
  registeredAt: time(order.registeredAt),
  sessionEndsAt: time(order.sessionEndsAt),
  depositedAt: order.depositedAt && time(order.depositedAt),
  returnUrl: order.returnUrl,
  callbackUrl: order.callbackUrl,
  receipts: receiptsOf(store, order.mdOrder).map(receiptEntry),
  callbacks: callbacksOf(store, order.mdOrder).map(({ url, parameters, fate, dueAt, answers }) => ({
    operation: parameters.operation,
    succeeded: parameters.status === '1',
    url,
    fate,
    pending: dueAt !== null,
    answers,
  })),
})

const time = (at: number): string => new Date(at).toISOString()
