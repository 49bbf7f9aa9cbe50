import type { Bank } from '../bank.ts'
import type { Order } from '../order.ts'
import type { CartItem } from './cart.ts'
import { addReceipt, dueReceipts, type Receipt, type ReceiptGroup, saveReceipt } from './receipt-book.ts'

/** Of a name that an ОФД takes. */
const longestName = 128

type Issue = {
  group: ReceiptGroup
  type?: 'close'
  amountKopecks: number
  items: CartItem[]
  at: number
}

/** Only for an order that came with a cart, at a merchant whose contract has the till. */
export const issueReceipt = (bank: Bank, order: Order, issue: Issue): void => {
  const { fiscal, receiptDelayMs, receiptFails } = bank.settings()
  if (!fiscal || !order.orderBundle) return
  const { group, type = null, amountKopecks, items, at } = issue
  addReceipt(bank.store, {
    uuid: bank.newId(),
    originalOfdUuid: bank.newId(),
    mdOrder: order.mdOrder,
    group,
    type,
    outcome: 'sent',
    amountKopecks,
    items,
    issuedAt: at,
    dueAt: at + receiptDelayMs,
    fails: receiptFails || items.some(({ name }) => name.length > longestName),
  })
}

/** The till has printed it, or could not. */
export const settleReceipts = (bank: Bank): void => {
  for (const receipt of dueReceipts(bank.store, bank.now()))
    endReceipt(bank, receipt, receipt.fails ? 'error' : 'delivered')
}

export const endReceipt = (bank: Bank, receipt: Receipt, outcome: Receipt['outcome']): Receipt => {
  const ended = { ...receipt, outcome, dueAt: null }
  saveReceipt(bank.store, ended)
  return ended
}
