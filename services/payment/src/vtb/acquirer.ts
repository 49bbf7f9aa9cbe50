import type { Acquirer, OrderRef } from '../acquirer/acquirer.ts'
import { BankFault, isRefusal } from '../acquirer/bank-fault.ts'
import type { Vtb } from './client.ts'
import { readOrder } from './read-order.ts'

const sbpMostKopecks = 100_000_000
const gatewayMostKopecks = 999_999_999_999
/** The number is taken, perhaps by our own earlier call; or something broke inside: both say nothing of the order. */
const saysNothing = ['1', '7']

const mdOrderOf = ({ bankId }: OrderRef): string => {
  if (!bankId) throw new BankFault('not-sent', 'no-md-order')
  return bankId
}

const limitOf: Acquirer['limitOf'] = ({ way, amountKopecks, capture }) => {
  if (way === 'sbp' && capture === 'manual') return 'СБП holds nothing: this invoice is paid by card'
  if (way === 'sbp' && amountKopecks > sbpMostKopecks) return 'СБП takes at most 1 000 000 ₽'
  if (amountKopecks > gatewayMostKopecks) return 'ВТБ takes at most 12 digits of kopecks'
  return undefined
}

/** ВТБ's RBS gateway as the first adapter. */
export const rbsAcquirer = (vtb: Vtb, refundId: Acquirer['refundId']): Acquirer => ({
  name: 'rbs',
  refundId,
  limitOf,
  register: async ({ capture, ...order }) => {
    try {
      const { mdOrder, payUrl } = await vtb.register({ ...order, twoStage: capture === 'manual' })
      return { bankId: mdOrder, payUrl }
    } catch (error) {
      if (isRefusal(error) && saysNothing.includes(error.code)) throw new BankFault('unclear', error.code)
      throw error
    }
  },
  find: async ({ orderNumber, bankId }) => {
    const answer = await (bankId ? vtb.statusOf(bankId) : vtb.statusByNumber(orderNumber))
    return answer && readOrder(answer, bankId)
  },
  qr: (order) => vtb.qr(mdOrderOf(order)),
  withdraw: async (order, qrId) => {
    const mdOrder = mdOrderOf(order)
    if (qrId) await vtb.rejectQr(mdOrder, qrId)
    await vtb.decline(mdOrder, order.orderNumber)
  },
  capture: async (order, amount) => void (await vtb.deposit(mdOrderOf(order), amount)),
  release: async (order) => void (await vtb.reverse(mdOrderOf(order))),
  refund: async ({ order, amount, number, expectedCapturedKopecks, receipt }) =>
    void (await vtb.refund({
      mdOrder: mdOrderOf(order),
      amount,
      externalRefundId: number,
      expectedDepositedKopecks: expectedCapturedKopecks,
      receipt,
    })),
})
