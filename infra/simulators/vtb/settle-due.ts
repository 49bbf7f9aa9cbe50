import type { Bank } from './bank.ts'
import { endSession } from './cancel-order.ts'
import { nextEventAt, type Order } from './order.ts'
import { findDueOrder } from './order-book.ts'
import { finishPayment } from './pay-order.ts'
import { settleReceipts } from './receipts/issue-receipt.ts'
import { finishRefund } from './refund-order.ts'

/** All that time alone has brought about, in the order of time: payments, refunds and ends of sessions. */
export const settleDue = (bank: Bank): void =>
  bank.store.transaction(() => {
    for (let order = findDueOrder(bank.store, bank.now()); order; ) {
      settleNext(bank, order)
      order = findDueOrder(bank.store, bank.now())
    }
    settleReceipts(bank)
  })()

const settleNext = (bank: Bank, order: Order): void => {
  const at = nextEventAt(order)
  const refund = order.refunds.find(({ dueAt }) => dueAt === at)
  if (order.pending?.dueAt === at) finishPayment(bank, order, order.pending)
  else if (refund) finishRefund(bank, order, refund)
  else endSession(bank, order)
}
