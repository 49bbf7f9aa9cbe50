import { announce } from './announce.ts'
import type { Bank } from './bank.ts'
import { actionCode, type Order, orderStatus, type Refund, refundableKopecks } from './order.ts'
import { addRefundId, saveOrder } from './order-book.ts'
import { newReference } from './pay-order.ts'
import type { CartItem } from './receipts/cart.ts'
import { issueReceipt } from './receipts/issue-receipt.ts'
import { Refusal } from './refusal.ts'

export type RefundRequest = {
  /** 0 is all that is left. */
  amountKopecks: number
  expectedDepositedKopecks: number | null
  externalRefundId: string | null
  /** The positions that go back, once the sum is known; null where none were named. */
  readItems: (amountKopecks: number) => CartItem[] | null
}

/** False if the number is known: success is answered, and nothing is refunded again. */
export const refundOrder = (bank: Bank, order: Order, request: RefundRequest): boolean => {
  const settings = bank.settings()
  const externalRefundId = settings.externalRefundId ? request.externalRefundId : null
  if (externalRefundId && !addRefundId(bank.store, externalRefundId, order.mdOrder)) return false
  const amountKopecks = readAmount(order, request, settings.expectedDepositedAmount)
  const at = bank.now()
  const inProgress = settings.refundPendingMs > 0
  if (settings.refundFails && !inProgress) throw new Refusal('state')
  const refund: Refund = {
    amountKopecks,
    madeAt: at,
    referenceNumber: newReference(bank.newId),
    actionCode: actionCode.refundInProgress,
    externalRefundId,
    items: request.readItems(amountKopecks),
    dueAt: at + settings.refundPendingMs,
    fails: settings.refundFails,
  }
  const begun = { ...order, refunds: [...order.refunds, refund] }
  if (inProgress) saveOrder(bank.store, begun)
  else finishRefund(bank, begun, refund)
  return true
}

export const finishRefund = (bank: Bank, order: Order, refund: Refund): void => {
  const finished: Refund = {
    ...refund,
    dueAt: null,
    ...(refund.dueAt !== null && { doneAt: refund.dueAt }),
    actionCode: refund.fails ? actionCode.refundFailed : actionCode.done,
  }
  const refunds = order.refunds.map((one) =>
    one.referenceNumber === refund.referenceNumber ? finished : one,
  )
  const changed: Order = refund.fails
    ? { ...order, refunds }
    : {
        ...order,
        refunds,
        status: orderStatus.refunded,
        depositedKopecks: order.depositedKopecks - refund.amountKopecks,
        refundedKopecks: order.refundedKopecks + refund.amountKopecks,
      }
  saveOrder(bank.store, changed)
  const at = refund.dueAt ?? refund.madeAt
  if (!refund.fails) issueRefundReceipt(bank, changed, finished, at)
  announce(bank, changed, { operation: 'refunded', succeeded: !refund.fails, at, refund: finished })
}

const readAmount = (order: Order, request: RefundRequest, locked: boolean): number => {
  const { amountKopecks, expectedDepositedKopecks: expected } = request
  if (order.status !== orderStatus.deposited && order.status !== orderStatus.refunded)
    throw new Refusal('state')
  if (locked && expected !== null && expected !== order.depositedKopecks)
    throw new Refusal('state', 'expectedDepositedAmount')
  const leftKopecks = refundableKopecks(order)
  if (leftKopecks === 0 || amountKopecks > leftKopecks) throw new Refusal('state', 'amount')
  return amountKopecks || leftKopecks
}

const issueRefundReceipt = (bank: Bank, order: Order, { amountKopecks, items }: Refund, at: number): void =>
  issueReceipt(bank, order, { group: 'refund', amountKopecks, items: items ?? [], at })

/** Of a position of the cart, what no refund has taken, one in progress included. */
export const leftOfPosition = ({ orderBundle, refunds }: Order, positionId: number): number => {
  const amountIn = (items: readonly CartItem[]): number =>
    items.find((item) => item.positionId === positionId)?.itemAmount ?? 0
  return refunds
    .filter((refund) => refund.dueAt !== null || !refund.fails)
    .reduce((left, { items }) => left - amountIn(items ?? []), amountIn(orderBundle?.cartItems.items ?? []))
}
