import type { Bank } from '../bank.ts'
import { type Order, orderStatus } from '../order.ts'
import { findOrder, findOrderByNumber } from '../order-book.ts'
import { amountKopecks, type Form, optional } from '../read-form.ts'
import { accepted, Refusal } from '../refusal.ts'
import { type CartItem, readBundle } from './cart.ts'
import { describeReceipt } from './describe-receipt.ts'
import { issueReceipt, settleReceipts } from './issue-receipt.ts'
import { findReceipt, receiptsOf } from './receipt-book.ts'

type ReceiptOperation = (bank: Bank, form: Form) => object

/** By the bank's own name of the order or by the merchant's. */
const demandEither = ({ store }: Bank, form: Form, own: string): Order => {
  const mdOrder = optional(form, own, 36)
  const orderNumber = optional(form, 'orderNumber', 36)
  if (mdOrder === null && orderNumber === null) throw new Refusal('mandatory', own)
  const order = mdOrder ? findOrder(store, mdOrder) : findOrderByNumber(store, orderNumber ?? '')
  if (!order) throw new Refusal('noSuchOrder')
  return order
}

/** One receipt by its uuid, or all of an order. */
const getReceiptStatus: ReceiptOperation = (bank, form) => {
  const settings = bank.settings()
  if (!settings.fiscal) throw new Refusal('value', 'getReceiptStatus')
  settleReceipts(bank)
  const uuid = optional(form, 'uuid', 64)
  const one = uuid === null ? undefined : findReceipt(bank.store, uuid)
  if (uuid !== null && !one) throw new Refusal('noSuchOrder', 'uuid')
  const order = one ? findOrder(bank.store, one.mdOrder) : demandEither(bank, form, 'orderId')
  if (!order) throw new Refusal('noSuchOrder')
  const receipts = one ? [one] : receiptsOf(bank.store, order.mdOrder)
  return {
    ...accepted,
    orderNumber: order.orderNumber,
    orderId: order.mdOrder,
    daemonCode: 'till-1',
    receipt: receipts.map((receipt) => describeReceipt(receipt, settings)),
  }
}

/** May come several times and with any sum, but not once the whole order has been refunded. */
const closeOfdReceipt: ReceiptOperation = (bank, form) => {
  const order = demandEither(bank, form, 'mdOrder')
  const paid = order.status === orderStatus.deposited || order.status === orderStatus.refunded
  if (!bank.settings().fiscal || !paid || order.depositedKopecks === 0) throw new Refusal('state')
  const amount = form.get('amount') ? amountKopecks(form) : order.amountKopecks
  const items = readBundle(form, amount)?.cartItems.items ?? ownCart(order, amount)
  issueReceipt(bank, order, { group: 'payment', type: 'close', amountKopecks: amount, items, at: bank.now() })
  return accepted
}

/** Without a cart the order's own is taken where the sum is its own, else the one of the cabinet. */
const ownCart = (order: Order, amount: number): CartItem[] =>
  order.orderBundle && amount === order.amountKopecks ? order.orderBundle.cartItems.items : []

export const receiptOperations: Record<string, ReceiptOperation> = {
  'getReceiptStatus.do': getReceiptStatus,
  'closeOfdReceipt.do': closeOfdReceipt,
}
