import { announce } from './announce.ts'
import type { Bank } from './bank.ts'
import { type Order, orderStatus } from './order.ts'
import { saveOrder } from './order-book.ts'
import { issuePaymentReceipt } from './pay-order.ts'
import { Refusal } from './refusal.ts'

/** Takes a hold, in whole (0) or in part; a part is final, the rest is released. */
export const captureOrder = (bank: Bank, order: Order, amountKopecks: number): Order => {
  if (order.status !== orderStatus.held) throw new Refusal('state')
  if (amountKopecks > order.approvedKopecks) throw new Refusal('state', 'amount')
  const at = bank.now()
  const captured: Order = {
    ...order,
    status: orderStatus.deposited,
    depositedKopecks: amountKopecks || order.approvedKopecks,
    depositedAt: at,
  }
  saveOrder(bank.store, captured)
  issuePaymentReceipt(bank, captured, at)
  announce(bank, captured, { operation: 'deposited', succeeded: true, at })
  return captured
}
