import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import { type CartItem, paymentMethod } from './cart.ts'
import { dayMs, nextReceiptAskMs, transferReceiptDueAt } from './receipt.ts'

type Moved = { invoiceId: string; userId: string; amountKopecks: number }
type OfOrder = Moved & { id: string; attemptId: string }
type Cart = { items: CartItem[]; closesWhenPaid: boolean }

const times = (time: Date) => ({
  expectedAt: time,
  askAt: new Date(time.getTime() + (nextReceiptAskMs(0) ?? 0)),
  alarmAt: new Date(time.getTime() + dayMs),
})

const readCart = async (tx: Transaction, id: string): Promise<Cart | undefined> => {
  const [cart] = await tx<Cart[]>`
    select items, closes_when_paid from receipt_carts where operation_id = ${id}`
  return cart
}

/** The bank makes it by itself from the cart of the order; here it is written down that it must. */
export const expectPaymentReceipt = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id, attemptId, invoiceId, userId, amountKopecks }: OfOrder,
): Promise<void> => {
  const cart = await readCart(tx, attemptId)
  if (!cart) return
  const isSale = cart.items.every(({ method }) => method === paymentMethod.fullPayment)
  const time = now()
  const tellAt = !isSale && cart.closesWhenPaid ? time : null
  const row = { id: newId(), sourceId: id, attemptId, invoiceId, userId, amountKopecks, tellAt }
  await tx`insert into receipts ${tx({ ...row, kind: isSale ? 'sale' : 'advance', state: 'expected', ...times(time) })}`
}

/** Also of a refund whose positions could not be named: its order has a receipt, so the bank makes one of it too. */
export const expectRefundReceipt = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id, attemptId, invoiceId, userId, amountKopecks }: OfOrder,
): Promise<void> => {
  if (!(await readCart(tx, attemptId))) return
  const row = { id: newId(), sourceId: id, attemptId, invoiceId, userId, amountKopecks }
  await tx`insert into receipts ${tx({ ...row, kind: 'refund', state: 'expected', ...times(now()) })}`
}

/**
 * Money that came by a line of a statement. Whether it wants a receipt depends on who paid, which the job
 * `sort-transfer-receipts` asks; it is made at a till by hand, for the bank knows no order of it.
 */
export const expectTransferReceipt = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id, ...moved }: Moved & { id: string },
): Promise<void> => {
  const time = now()
  const row = { id: newId(), kind: 'advance', sourceId: id, attemptId: null, ...moved, state: 'expected' }
  await tx`insert into receipts ${tx({ ...row, expectedAt: time, askAt: time, alarmAt: transferReceiptDueAt(time) })}`
}
