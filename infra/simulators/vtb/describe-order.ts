import { actionCode, type Order, orderStatus } from './order.ts'
import { accepted } from './refusal.ts'

/** What came with a version above the first; a lower one does not tell it. */
const sinceVersion: Record<string, number> = {
  authDateTime: 2,
  paymentAmountInfo: 3,
  refunds: 5,
  paymentWay: 9,
  depositedDate: 10,
  refundedDate: 12,
  reversedDate: 12,
}
const externalRefundIdSince = 21

/** The answer of `getOrderStatusExtended.do`: amounts in kopecks, times in milliseconds. */
export const describeOrder = (order: Order, version: number): object =>
  Object.fromEntries(
    Object.entries(describeWholly(order, version)).filter(([name]) => version >= (sinceVersion[name] ?? 1)),
  )

const describeWholly = (order: Order, version: number): object => {
  const { paymentWay, authorisedAt, depositedAt, reversedAt, refunds } = order
  const refundedDate = refunds.findLast(({ dueAt }) => dueAt === null)?.madeAt
  return {
    ...accepted,
    orderNumber: order.orderNumber,
    orderStatus: order.status,
    actionCode: order.actionCode,
    actionCodeDescription: descriptions[order.actionCode] ?? '',
    amount: order.amountKopecks,
    currency: '643',
    date: order.registeredAt,
    ...(order.description && { orderDescription: order.description }),
    ...(order.ip && { ip: order.ip }),
    ...(paymentWay && { paymentWay }),
    ...(authorisedAt && { authDateTime: authorisedAt, authRefNum: order.authRefNum, terminalId: '12345678' }),
    ...(depositedAt && { depositedDate: depositedAt }),
    ...(reversedAt && { reversedDate: reversedAt }),
    ...(refundedDate && { refundedDate }),
    ...(authorisedAt && paymentWay === 'CARD' && { cardAuthInfo }),
    paymentAmountInfo: {
      paymentState: paymentStates[order.status],
      approvedAmount: order.approvedKopecks,
      depositedAmount: order.depositedKopecks,
      refundedAmount: order.refundedKopecks,
      totalAmount: order.amountKopecks,
    },
    ...(refunds.length > 0 && { refunds: refunds.map((refund) => describeRefund(refund, version)) }),
    ...(order.orderBundle && { orderBundle: order.orderBundle }),
    merchantOrderParams: Object.entries(order.jsonParams).map(([name, value]) => ({
      name,
      value: String(value),
    })),
    attributes: [{ name: 'mdOrder', value: order.mdOrder }],
    transactionAttributes: [],
  }
}

const describeRefund = (refund: Order['refunds'][number], version: number): object => ({
  date: refund.madeAt,
  amount: refund.amountKopecks,
  referenceNumber: refund.referenceNumber,
  actionCode: refund.actionCode,
  ...(refund.externalRefundId &&
    version >= externalRefundIdSince && { externalRefundId: refund.externalRefundId }),
})

export const paymentStates = {
  [orderStatus.registered]: 'CREATED',
  [orderStatus.held]: 'APPROVED',
  [orderStatus.deposited]: 'DEPOSITED',
  [orderStatus.reversed]: 'REVERSED',
  [orderStatus.refunded]: 'REFUNDED',
  [orderStatus.inProgress]: 'CREATED',
  [orderStatus.declined]: 'DECLINED',
}

const cardAuthInfo = {
  maskedPan: '400001**1118',
  expiration: '203012',
  cardholderName: 'TEST CARDHOLDER',
  approvalCode: '123456',
  paymentSystem: 'MIR',
}

const descriptions: Record<number, string> = {
  [actionCode.done]: 'Запрос успешно обработан',
  [actionCode.noAttempt]: 'Не было попыток оплаты',
  [actionCode.inProgress]: 'Операция обрабатывается',
  [actionCode.sessionEnded]: 'Истёк срок ввода данных',
  [actionCode.attemptsExhausted]: 'Исчерпаны попытки оплаты',
  [actionCode.noFunds]: 'Недостаточно средств',
  [actionCode.declinedByMerchant]: 'Отклонено мерчантом',
}
