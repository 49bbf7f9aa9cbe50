import type { Resources } from '../resources.ts'
import type { RefundReceipt } from '../vtb/receipts.ts'
import { bankItems, legacyVat } from './bundle.ts'
import type { CartItem } from './cart.ts'
import { keepCart, readCart, readRefunded } from './keep-cart.ts'
import { readVatRates } from './read-seller.ts'
import { cartOfRefund } from './taken-cart.ts'

type Refund = { id: string; attemptId: string; amountKopecks: number }

/** What goes beside a refund. Undefined: its order had no receipt, or no more of its cart is left; the money goes back anyway. */
export const receiptOfRefund = async (
  resources: Resources,
  refund: Refund,
): Promise<RefundReceipt | undefined> => {
  const { fiscal, sql, now, log } = resources
  const cart = fiscal && (await readCart(sql, refund.attemptId))
  if (!cart) return undefined
  const items = (await readCart(sql, refund.id)) ?? (await planCart(resources, refund, cart))
  if (!items) {
    log.error('refund-without-items', { refundId: refund.id })
    return undefined
  }
  const rates = await readVatRates(sql)
  return {
    refundItems: JSON.stringify({ items: bankItems(items, { rates, paymentObject: fiscal.paymentObject }) }),
    additionalOfdParams: legacyVat(items, rates, now()),
  }
}

const planCart = async (
  resources: Resources,
  { id, attemptId, amountKopecks }: Refund,
  cart: CartItem[],
): Promise<CartItem[] | undefined> => {
  const refunded = await readRefunded(resources.sql, attemptId, id)
  const isClosed = await hasClosing(resources, attemptId)
  const items = cartOfRefund({ cart, refunded, amountKopecks, isClosed })
  return items && keepCart(resources, { operationId: id, attemptId, items, closesWhenPaid: false })
}

const hasClosing = async ({ sql }: Resources, attemptId: string): Promise<boolean> => {
  const closings = await sql`
    select id from receipts
    where attempt_id = ${attemptId} and kind = 'final' and told_at is not null
      and state in ('expected', 'sent', 'delivered')`
  return closings.length > 0
}
