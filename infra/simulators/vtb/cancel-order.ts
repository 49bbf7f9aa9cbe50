import { announce } from './announce.ts'
import type { Bank } from './bank.ts'
import { actionCode, type Order, orderStatus, withQrState } from './order.ts'
import { saveOrder } from './order-book.ts'
import { takesNewPayment } from './pay-order.ts'
import { Refusal } from './refusal.ts'

/** The merchant cancels what nobody has paid; a payment in progress can no longer be stopped. */
export const declineOrder = (bank: Bank, order: Order): void => {
  if (!takesNewPayment(order)) throw new Refusal('state')
  saveOrder(bank.store, {
    ...withQrState(order, ['STARTED'], 'REJECTED_BY_USER'),
    status: orderStatus.declined,
    actionCode: actionCode.declinedByMerchant,
  })
}

/** False is a refusal, which also bars every later try. */
export const reverseOrder = (bank: Bank, order: Order, amountKopecks: number | null): boolean => {
  const at = bank.now()
  const reversed = !bank.settings().reverseFails && mayReverse(order, amountKopecks, at)
  if (!reversed) {
    saveOrder(bank.store, { ...order, reverseTried: true })
    return false
  }
  const changed: Order = {
    ...order,
    status: orderStatus.reversed,
    approvedKopecks: 0,
    depositedKopecks: 0,
    reverseTried: true,
    reversedAt: at,
  }
  saveOrder(bank.store, changed)
  announce(bank, changed, { operation: 'reversed', succeeded: true, at })
  return true
}

const mayReverse = (order: Order, amountKopecks: number | null, at: number): boolean => {
  if (order.reverseTried || order.refunds.length > 0 || order.paymentWay !== 'CARD') return false
  const wholeKopecks = order.status === orderStatus.held ? order.approvedKopecks : order.depositedKopecks
  if (amountKopecks !== null && amountKopecks !== wholeKopecks) return false
  if (order.status === orderStatus.held) return true
  return order.status === orderStatus.deposited && bankDay(order.depositedAt ?? 0) === bankDay(at)
}

const bankDay = (at: number): number => Math.floor((at + 3 * 3_600_000) / 86_400_000)

/** The order's time is over. A payment begun before goes on, and so may a QR. */
export const endSession = (bank: Bank, order: Order): void => {
  const outlives = bank.settings().qrOutlivesSession
  const ended: Order = {
    ...withQrState(order, outlives ? [] : ['STARTED'], 'REJECTED'),
    status: orderStatus.declined,
    actionCode: actionCode.sessionEnded,
  }
  saveOrder(bank.store, ended)
  announce(bank, ended, { operation: 'declinedByTimeout', succeeded: true, at: order.sessionEndsAt })
}
