import * as v from 'valibot'
import type { Simulator } from '../../frame/simulator.ts'
import type { Bank } from '../bank.ts'
import { findOrder } from '../order-book.ts'
import { receiptStatus } from './describe-receipt.ts'
import { endReceipt, settleReceipts } from './issue-receipt.ts'
import { addReceipt, findReceipt, type Receipt, receiptsOf } from './receipt-book.ts'

const Outcome = v.picklist(['sent', 'delivered', 'error'])
const NewOutcome = v.strictObject({ outcome: Outcome })
const Correction = v.strictObject({ mdOrder: v.string(), outcome: Outcome })

/** A receipt as the till has it, for whoever compares it with the merchant's book. */
export const receiptEntry = (receipt: Receipt): object => ({
  uuid: receipt.uuid,
  receiptStatus: receiptStatus(receipt),
  type: receipt.type,
  amount: receipt.amountKopecks,
  items: receipt.items,
  issuedAt: new Date(receipt.issuedAt).toISOString(),
})

/** In the till's place: how a receipt ends, and the correction that somebody makes in the bank's cabinet. */
export const addReceiptLevers = ({ app }: Simulator, bank: Bank): void => {
  app.get('/_sim/orders/:mdOrder/receipts', (c) => {
    settleReceipts(bank)
    return c.json({ receipts: receiptsOf(bank.store, c.req.param('mdOrder')).map(receiptEntry) })
  })
  app.post('/_sim/receipts/:uuid', async (c) => {
    const body = v.safeParse(NewOutcome, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'outcome: sent | delivered | error' }, 400)
    const receipt = findReceipt(bank.store, c.req.param('uuid'))
    if (!receipt) return c.json({ error: 'No such receipt' }, 404)
    return c.json(receiptEntry(endReceipt(bank, receipt, body.output.outcome)))
  })
  app.post('/_sim/receipts', async (c) => {
    const body = v.safeParse(Correction, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'mdOrder, outcome: sent | delivered | error' }, 400)
    const order = findOrder(bank.store, body.output.mdOrder)
    if (!order) return c.json({ error: 'No such order' }, 404)
    return c.json(receiptEntry(correct(bank, order.mdOrder, order.amountKopecks, body.output.outcome)), 201)
  })
}

const correct = (
  { store, newId, now }: Bank,
  mdOrder: string,
  amountKopecks: number,
  outcome: Receipt['outcome'],
): Receipt =>
  addReceipt(store, {
    uuid: newId(),
    originalOfdUuid: newId(),
    mdOrder,
    group: 'correction',
    type: null,
    outcome,
    amountKopecks,
    items: [],
    issuedAt: now(),
    dueAt: null,
    fails: false,
  })
