import type { Bank } from './bank.ts'
import { declineOrder, reverseOrder } from './cancel-order.ts'
import { captureOrder } from './capture-order.ts'
import { describeOrder } from './describe-order.ts'
import type { Order } from './order.ts'
import { findOrder, findOrderByNumber } from './order-book.ts'
import { amountKopecks, type Form, mandatory, optional } from './read-form.ts'
import { readRefundItems } from './receipts/cart.ts'
import { receiptOperations } from './receipts/receipt-operations.ts'
import { leftOfPosition, refundOrder } from './refund-order.ts'
import { accepted, Refusal, refusalAnswer } from './refusal.ts'
import { registerOrder } from './register-order.ts'
import { sbpOperations } from './sbp-operations.ts'

/** `publicUrl` is where the caller reached us, unless a setting says better. */
export type Operation = (bank: Bank, form: Form, publicUrl: string) => object

export const demandOrder = ({ store }: Bank, form: Form, name = 'orderId'): Order => {
  const order = findOrder(store, mandatory(form, name, 36))
  if (!order) throw new Refusal('noSuchOrder')
  return order
}

const register =
  (twoStage: boolean): Operation =>
  (bank, form, publicUrl) => {
    const { mdOrder } = registerOrder(bank, form, twoStage)
    return { orderId: mdOrder, formUrl: `${publicUrl}/payment/page/${mdOrder}` }
  }

const getOrderStatusExtended: Operation = (bank, form) => {
  const { statusVersion } = bank.settings()
  if (form.get('orderId')) return describeOrder(demandOrder(bank, form), statusVersion)
  const order = findOrderByNumber(bank.store, mandatory(form, 'orderNumber', 36))
  if (!order) throw new Refusal('noSuchOrder')
  return describeOrder(order, statusVersion)
}

const deposit: Operation = (bank, form) => {
  captureOrder(bank, demandOrder(bank, form), amountKopecks(form))
  return accepted
}

/** A refused reversal is written down, so it may not be thrown. */
const reverse: Operation = (bank, form) => {
  const amount = form.get('amount') ? amountKopecks(form) : null
  const reversed = reverseOrder(bank, demandOrder(bank, form), amount)
  return reversed ? accepted : refusalAnswer(new Refusal('state'))
}

const refund: Operation = (bank, form) => {
  const order = demandOrder(bank, form)
  refundOrder(bank, order, {
    readItems: (kopecks) => readRefundItems(form, kopecks, (position) => leftOfPosition(order, position)),
    amountKopecks: amountKopecks(form),
    expectedDepositedKopecks: form.get('expectedDepositedAmount')
      ? amountKopecks(form, 'expectedDepositedAmount')
      : null,
    externalRefundId: optional(form, 'externalRefundId', 30),
  })
  return accepted
}

const decline: Operation = (bank, form) => {
  const order = demandOrder(bank, form)
  if (mandatory(form, 'orderNumber', 36) !== order.orderNumber) throw new Refusal('noSuchOrder')
  declineOrder(bank, order)
  return accepted
}

export const operations: Record<string, Operation> = {
  'register.do': register(false),
  'registerPreAuth.do': register(true),
  'getOrderStatusExtended.do': getOrderStatusExtended,
  'deposit.do': deposit,
  'reverse.do': reverse,
  'refund.do': refund,
  'decline.do': decline,
  ...sbpOperations,
  ...receiptOperations,
}
