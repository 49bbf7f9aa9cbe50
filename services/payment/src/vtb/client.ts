import * as v from 'valibot'
import { createCall, type Gateway } from './call-gateway.ts'
import { type OrderReceipt, type RefundReceipt, receiptFields } from './receipts.ts'
import { type OrderStatus, OrderStatus as OrderStatusAnswer, Qr, Registered } from './schemas.ts'
import { isRefusal, VtbFault } from './vtb-fault.ts'

export type Vtb = ReturnType<typeof createVtb>
export type VtbOptions = Gateway & { returnUrl: string; callbackUrl: string }

const Nothing = v.object({})
const NoOrder = v.object({ orderStatus: v.optional(v.undefined()) })
const sessionSeconds = 1200
const noSuchOrder = '6'

const httpsAddress = (address: string): string => {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new VtbFault('unclear', 'form-url')
  return address
}

/** Only НСПК's own links are shown to a payer: anything else leads his bank application elsewhere. */
const qrAddress = (payload: string | undefined): string => {
  if (!payload || !URL.canParse(payload)) throw new VtbFault('unclear', 'qr-payload')
  const { protocol, host, username } = new URL(payload)
  if (protocol !== 'https:' || host !== 'qr.nspk.ru' || username !== '')
    throw new VtbFault('unclear', 'qr-payload')
  return payload
}

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
      amountKopecks: number
      description: string
      receipt?: OrderReceipt | undefined
    }) => {
      const fields = {
        orderNumber: order.orderNumber,
        amount: String(order.amountKopecks),
        currency: '643',
        description: order.description,
        returnUrl,
        dynamicCallbackUrl: callbackUrl,
        sessionTimeoutSecs: String(sessionSeconds),
        ...receiptFields(order.receipt),
      }
      const { orderId, formUrl } = await call('register.do', fields, Registered)
      return { mdOrder: orderId, payUrl: httpsAddress(formUrl) }
    },
    statusOf: (mdOrder: string) => status({ orderId: mdOrder }),
    statusByNumber: (orderNumber: string) => status({ orderNumber }),
    qr: async (mdOrder: string) =>
      qrAddress((await call('sbp/c2b/qr/dynamic/get.do', { mdOrder }, Qr)).payload),
    /** Cancels an order that nobody has paid. */
    decline: (mdOrder: string, orderNumber: string) =>
      call('decline.do', { orderId: mdOrder, orderNumber }, Nothing),
    /** `expectedDepositedKopecks` is the bank's own lock: done only while so much is on the order. */
    refund: (refund: {
      mdOrder: string
      amountKopecks: number
      externalRefundId: string
      expectedDepositedKopecks: number
      receipt?: RefundReceipt | undefined
    }) =>
      call(
        'refund.do',
        {
          orderId: refund.mdOrder,
          amount: String(refund.amountKopecks),
          externalRefundId: refund.externalRefundId,
          expectedDepositedAmount: String(refund.expectedDepositedKopecks),
          ...receiptFields(refund.receipt),
        },
        Nothing,
      ),
  }
}
