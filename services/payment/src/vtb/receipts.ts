import * as v from 'valibot'
import { BankFault, isRefusal } from '../acquirer/bank-fault.ts'
import { createCall, type Gateway } from './call-gateway.ts'
import { type BankReceiptAnswer, Receipts } from './receipt-schemas.ts'

/** What goes beside `register.do`: the cart and to whom the receipt goes, the seller's system of taxes. */
export type OrderReceipt = {
  orderBundle: string
  taxSystem: number
  additionalOfdParams?: string | undefined
}
/** What goes beside `refund.do`. */
export type RefundReceipt = { refundItems: string; additionalOfdParams?: string | undefined }

type ReceiptFields = Partial<Record<keyof OrderReceipt | keyof RefundReceipt, string | number | undefined>>

/** As fields of a form; what is undefined stays away. */
export const receiptFields = (receipt: ReceiptFields | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(receipt ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  )

export type ReceiptCalls = {
  /** Asks for the second receipt of a prepaid order. Not safe to repeat: each call makes one more. */
  close: (closing: { mdOrder: string; amountKopecks: number; receipt: OrderReceipt }) => Promise<void>
  /** All receipts of an order, the bank's own list. */
  receiptsOf: (mdOrder: string) => Promise<BankReceiptAnswer[]>
}

const Nothing = v.object({})
const noSuchOrder = '6'

export const createReceiptCalls = (gateway: Gateway): ReceiptCalls => {
  const call = createCall(gateway)
  return {
    close: async ({ mdOrder, amountKopecks, receipt }) => {
      await call(
        'closeOfdReceipt.do',
        { mdOrder, amount: String(amountKopecks), ...receiptFields(receipt) },
        Nothing,
      )
    },
    receiptsOf: async (mdOrder) => {
      try {
        const { receipt } = await call('getReceiptStatus.do', { orderId: mdOrder }, Receipts)
        if (receipt === undefined) throw new BankFault('unclear', 'no-list')
        return receipt
      } catch (error) {
        if (isRefusal(error) && error.code === noSuchOrder) return []
        throw error
      }
    },
  }
}
