import { announce } from './announce.ts'
import type { Bank } from './bank.ts'
import { issueQr } from './issue-qr.ts'
import { actionCode, currentQr, type Order, orderStatus, type Payment, withQrState } from './order.ts'
import { saveOrder } from './order-book.ts'
import { issueReceipt } from './receipts/issue-receipt.ts'
import { Refusal } from './refusal.ts'

/** The payer's side, which the merchant never calls: a page, or a test from outside. */
export const payOrder = (bank: Bank, order: Order, payment: Payment): Order => {
  if (payment.way === 'card' && !takesNewPayment(order)) throw new Refusal('state')
  const prepared = payment.way === 'sbp' ? prepareSbp(bank, order) : order
  const pending = { ...payment, dueAt: bank.now() + payment.delayMs }
  const begun: Order = {
    ...withQrState(prepared, payment.way === 'sbp' ? ['STARTED'] : [], 'CONFIRMED'),
    status: payment.way === 'card' ? orderStatus.inProgress : prepared.status,
    actionCode: order.status === orderStatus.declined ? order.actionCode : actionCode.inProgress,
    paymentWay: payment.way === 'card' ? 'CARD' : 'SBP_C2B',
    pending,
  }
  if (payment.delayMs === 0) return finishPayment(bank, begun, pending)
  saveOrder(bank.store, begun)
  return begun
}

/** Also after the session has ended meanwhile: then it is a late success. */
export const finishPayment = (bank: Bank, order: Order, pending: NonNullable<Order['pending']>): Order => {
  const settled = { ...order, pending: null, attempts: order.attempts + 1 }
  const finished = pending.outcome === 'paid' ? paid(bank, settled, pending.dueAt) : declined(bank, settled)
  saveOrder(bank.store, finished)
  if (pending.outcome === 'paid' && !order.twoStage) issuePaymentReceipt(bank, finished, pending.dueAt)
  announce(bank, finished, {
    operation: order.twoStage ? 'approved' : 'deposited',
    succeeded: pending.outcome === 'paid',
    at: pending.dueAt,
    fate: pending.callback,
  })
  return finished
}

/** At the debit, whole or, of a hold, in part. */
export const issuePaymentReceipt = (bank: Bank, order: Order, at: number): void =>
  issueReceipt(bank, order, {
    group: 'payment',
    amountKopecks: order.depositedKopecks,
    items: order.orderBundle?.cartItems.items ?? [],
    at,
  })

const threeDays = 3 * 86_400_000

export const takesNewPayment = (order: Order): boolean =>
  order.status === orderStatus.registered && order.pending === null

/** The order has timed out, its QR has not: the payer's bank knows nothing of the merchant's session. */
export const takesLatePayment = (bank: Bank, order: Order): boolean => {
  const qr = currentQr(order)
  return (
    bank.settings().qrOutlivesSession &&
    order.actionCode === actionCode.sessionEnded &&
    order.pending === null &&
    qr?.state === 'STARTED' &&
    bank.now() < qr.issuedAt + threeDays
  )
}

const prepareSbp = (bank: Bank, order: Order): Order => {
  if (takesLatePayment(bank, order)) return order
  if (!takesNewPayment(order) || currentQr(order)?.state === 'REJECTED_BY_USER') throw new Refusal('state')
  return issueQr(bank, order, null).order
}

const paid = ({ newId }: Bank, order: Order, at: number): Order => ({
  ...withQrState(withQrState(order, ['STARTED'], 'REJECTED'), ['CONFIRMED'], 'ACCEPTED'),
  status: order.twoStage ? orderStatus.held : orderStatus.deposited,
  actionCode: actionCode.done,
  approvedKopecks: order.amountKopecks,
  depositedKopecks: order.twoStage ? 0 : order.amountKopecks,
  authorisedAt: at,
  depositedAt: order.twoStage ? null : at,
  authRefNum: newReference(newId),
})

/** The payer may try again until the attempts are used up; the order waits as if nothing had been. */
const declined = (bank: Bank, order: Order): Order => {
  const most = bank.settings().attempts
  const last = order.status === orderStatus.declined || order.attempts >= most
  return {
    ...withQrState(order, ['CONFIRMED'], 'REJECTED'),
    status: last ? orderStatus.declined : orderStatus.registered,
    actionCode: last && most > 1 ? actionCode.attemptsExhausted : actionCode.noFunds,
  }
}

export const newReference = (newId: () => string): string =>
  String(BigInt(`0x${newId().replaceAll('-', '')}`) % 1_000_000_000_000n).padStart(12, '0')
