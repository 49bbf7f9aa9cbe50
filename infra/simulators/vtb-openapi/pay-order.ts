import { announce } from './callbacks.ts'
import { describePayment, describeRefund } from './describe.ts'
import {
  type Bank,
  type CallbackFate,
  findDue,
  findOrder,
  type Order,
  type Payment,
  type Refund,
  saveOrder,
  takesPayment,
} from './order.ts'

export type Paying = {
  way: 'card' | 'sbp'
  outcome: 'paid' | 'declined'
  callback: CallbackFate
  delayMs: number
}

/** The payer's side, which the merchant never calls. False if the order takes no payment. */
export const payOrder = (bank: Bank, order: Order, { way, outcome, callback, delayMs }: Paying): boolean => {
  if (!takesPayment(order, bank.now()) || (way === 'sbp' && order.preauth)) return false
  const now = bank.now()
  const payment: Payment = {
    paymentId: bank.newId(),
    paymentCode: bank.newId(),
    kopecks: order.kopecks,
    way,
    word: 'CREATED',
    createdAt: now,
    dueAt: now + delayMs,
    outcome,
    callback,
  }
  saveOrder(bank.store, { ...order, payments: [...order.payments, payment], changedAt: now })
  settleDue(bank)
  return true
}

const paidWord = (bank: Bank, order: Order, { way }: Payment): string => {
  if (order.preauth) return 'AUTHORIZED'
  return way === 'sbp' ? bank.settings().sbpPaidWord : 'CONFIRMED'
}

const finishPayment = (bank: Bank, order: Order, payment: Payment): void => {
  const word = payment.outcome === 'paid' ? paidWord(bank, order, payment) : 'DECLINED'
  const finished: Payment = { ...payment, word, dueAt: null }
  const payments = order.payments.map((one) => (one.paymentId === payment.paymentId ? finished : one))
  const changed = { ...order, payments, changedAt: payment.dueAt ?? bank.now() }
  saveOrder(bank.store, changed)
  announce(bank, order.orderId, describePayment(bank, changed, finished), payment.callback)
}

const finishRefund = (bank: Bank, order: Order, refund: Refund): void => {
  const finished: Refund = { ...refund, word: refund.fails ? 'DECLINED' : 'CONFIRMED', dueAt: null }
  const refunds = order.refunds.map((one) => (one.refundCode === refund.refundCode ? finished : one))
  const changed = { ...order, refunds, changedAt: refund.dueAt ?? bank.now() }
  saveOrder(bank.store, changed)
  announce(bank, order.orderId, describeRefund(bank, changed, finished), 'send')
}

/** All that time alone has brought about, in the order of time. */
export const settleDue = (bank: Bank): void =>
  bank.store.transaction(() => {
    for (let order = findDue(bank.store, bank.now()); order; order = findDue(bank.store, bank.now())) {
      const isDue = ({ dueAt }: { dueAt: number | null }) => dueAt !== null && dueAt <= bank.now()
      const payment = order.payments.find(isDue)
      const refund = order.refunds.find(isDue)
      if (payment) finishPayment(bank, order, payment)
      else if (refund) finishRefund(bank, order, refund)
    }
  })()

/** What the bank does at night: the same money under another word. */
export const reconcile = (bank: Bank, orderId: string): void => {
  const order = findOrder(bank.store, orderId)
  if (!order) return
  const payments = order.payments.map((one) =>
    one.word === 'CONFIRMED' ? { ...one, word: 'RECONCILED' } : one,
  )
  const changed = { ...order, payments, changedAt: bank.now() }
  saveOrder(bank.store, changed)
  const last = payments.at(-1)
  if (last) announce(bank, orderId, describePayment(bank, changed, last), 'send')
}
