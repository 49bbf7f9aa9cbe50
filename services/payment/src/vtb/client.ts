import * as v from 'valibot'
import { payAddress, qrAddress } from '../acquirer/addresses.ts'
import { isRefusal } from '../acquirer/bank-fault.ts'
import type { Sum } from '../acquirer/sum.ts'
import { createCall, type Gateway } from './call-gateway.ts'
import { type OrderReceipt, type RefundReceipt, receiptFields } from './receipts.ts'
import {
  type OrderStatus,
  OrderStatus as OrderStatusAnswer,
  Qr,
  QrRejected,
  QrStatus,
  Registered,
} from './schemas.ts'

export type Vtb = ReturnType<typeof createVtb>
export type VtbOptions = Gateway & { returnUrl: string; callbackUrl: string }

const Nothing = v.object({})
const NoOrder = v.object({ orderStatus: v.nullish(v.undefined()) })
const sessionSeconds = 1200
const noSuchOrder = '6'

/** The gateway's methods by their own names and in its own words; `vtb/acquirer.ts` puts them into ours. */
export const createVtb = ({ returnUrl, callbackUrl, ...gateway }: VtbOptions) => {
  const call = createCall(gateway)

  const status = async (fields: Record<string, string>): Promise<OrderStatus | undefined> => {
    try {
      const answer = await call('getOrderStatusExtended.do', fields, v.union([OrderStatusAnswer, NoOrder]))
      return 'orderNumber' in answer ? answer : undefined
    } catch (error) {
      if (isRefusal(error) && error.code === noSuchOrder) return undefined
      throw error
    }
  }

  return {
    /** There is no key against repeats but the number: an unclear outcome is asked about, never simply repeated. */
    register: async (order: {
      orderNumber: string
      amount: Sum
      description: string
      twoStage: boolean
      receipt?: OrderReceipt | undefined
    }) => {
      const fields = {
        orderNumber: order.orderNumber,
        amount: String(order.amount),
        currency: '643',
        description: order.description,
        returnUrl,
        dynamicCallbackUrl: callbackUrl,
        sessionTimeoutSecs: String(sessionSeconds),
        ...receiptFields(order.receipt),
      }
      const method = order.twoStage ? 'registerPreAuth.do' : 'register.do'
      const { orderId, formUrl } = await call(method, fields, Registered)
      return { mdOrder: orderId, payUrl: payAddress(formUrl) }
    },
    statusOf: (mdOrder: string) => status({ orderId: mdOrder }),
    statusByNumber: (orderNumber: string) => status({ orderNumber }),
    qr: async (mdOrder: string) => {
      const { qrId, payload } = await call('sbp/c2b/qr/dynamic/get.do', { mdOrder }, Qr)
      return { qrId, payload: qrAddress(payload ?? undefined) }
    },
    /** For a screen and for support: nothing is settled by it. */
    qrStatus: async (mdOrder: string, qrId: string) => {
      const answer = await call('sbp/c2b/qr/status.do', { mdOrder, qrId }, QrStatus)
      return { qrState: answer.qrStatus ?? answer.status ?? 'none', order: answer.transactionState ?? 'none' }
    },
    /** Answers whether the QR is taken back; one that somebody has begun to pay is not. */
    rejectQr: async (mdOrder: string, qrId: string) =>
      (await call('sbp/c2b/qr/dynamic/reject.do', { mdOrder, qrId }, QrRejected)).rejected === true,
    /** Cancels an order that nobody has paid. */
    decline: (mdOrder: string, orderNumber: string) =>
      call('decline.do', { orderId: mdOrder, orderNumber }, Nothing),
    /** Takes a hold, in whole or in part; a part is final, the rest goes back. */
    deposit: (mdOrder: string, amount: Sum) =>
      call('deposit.do', { orderId: mdOrder, amount: String(amount) }, Nothing),
    /** Lets the whole hold go. Works once: a refused one bars later ones. */
    reverse: (mdOrder: string) => call('reverse.do', { orderId: mdOrder }, Nothing),
    /** `expectedDepositedKopecks` is the bank's own lock: done only while so much is on the order. */
    refund: (refund: {
      mdOrder: string
      amount: Sum
      externalRefundId: string
      expectedDepositedKopecks: number
      receipt?: RefundReceipt | undefined
    }) =>
      call(
        'refund.do',
        {
          orderId: refund.mdOrder,
          amount: String(refund.amount),
          externalRefundId: refund.externalRefundId,
          expectedDepositedAmount: String(refund.expectedDepositedKopecks),
          ...receiptFields(refund.receipt),
        },
        Nothing,
      ),
  }
}
