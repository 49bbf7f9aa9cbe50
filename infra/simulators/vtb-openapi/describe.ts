import { roubles } from './money.ts'
import { type Bank, isExpired, isPaid, type Order, type Payment, type Refund } from './order.ts'

const amount = (kopecks: number) => ({ value: roubles(kopecks), code: 'RUB' })
const time = (at: number): string => new Date(at).toISOString()

export const describePayment = (bank: Bank, order: Order, payment: Payment): object => ({
  type: 'PAYMENT',
  object: {
    paymentId: payment.paymentId,
    paymentCode: payment.paymentCode,
    orderId: order.orderId,
    orderCode: order.orderCode,
    createdAt: time(payment.createdAt),
    amount: amount(payment.kopecks),
    paymentData: { type: payment.way },
    [bank.settings().statusField]: { value: payment.word },
  },
})

export const describeRefund = (bank: Bank, order: Order, refund: Refund): object => ({
  type: 'REFUND',
  object: {
    refundId: refund.refundId,
    refundCode: refund.refundCode,
    paymentId: refund.paymentId,
    orderId: order.orderId,
    createdAt: time(refund.createdAt),
    amount: amount(refund.kopecks),
    [bank.settings().statusField]: { value: refund.word },
  },
})

const wordOf = (bank: Bank, order: Order): string => {
  const last = order.payments.findLast(isPaid)
  if (last) return last.word
  if (order.payments.at(-1)?.word === 'AUTHORIZED') return 'AUTHORIZED'
  return (isExpired(order, bank.now()) && bank.settings().expiredWord) || 'CREATED'
}

/** `publicUrl` is where a browser finds the payment page. */
export const describeOrder = (bank: Bank, order: Order, publicUrl: string, isNew: boolean): object => {
  const { repeatsLinks, statusField } = bank.settings()
  const links = isNew || repeatsLinks
  return {
    type: 'ORDER',
    object: {
      orderId: order.orderId,
      orderCode: order.orderCode,
      createdAt: time(order.createdAt),
      ...(order.expireAt !== null && { expire: time(order.expireAt) }),
      ...(links && { payUrl: `${publicUrl}/pay/${order.orderCode}` }),
      amount: amount(order.kopecks),
      [statusField]: { value: wordOf(bank, order), description: '', changedAt: time(order.changedAt) },
      ...(links && order.sbp && { preparedPayments: [{ type: 'sbp', object: order.sbp }] }),
      transactions: {
        payments: order.payments.map((one) => describePayment(bank, order, one)),
        refunds: order.refunds.map((one) => describeRefund(bank, order, one)),
      },
    },
  }
}
