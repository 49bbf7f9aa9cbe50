import * as v from 'valibot'
import { changeSettings } from '../frame/settings.ts'
import type { Simulator } from '../frame/simulator.ts'
import { type Bank, findOrder, listOrders, type Order, paidKopecks, refundedKopecks } from './order.ts'
import { payOrder, reconcile, settleDue } from './pay-order.ts'
import { SettingsChange } from './settings.ts'

const Pay = v.strictObject({
  way: v.picklist(['card', 'sbp']),
  outcome: v.optional(v.picklist(['paid', 'declined']), 'paid'),
  callback: v.optional(v.picklist(['send', 'lose', 'duplicate']), 'send'),
  delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000)), 0),
})

const bookEntry = (order: Order) => ({
  ...order,
  paidKopecks: paidKopecks(order),
  refundedKopecks: refundedKopecks(order),
})

/** What a test from outside sees of the bank and does in the payer's place. */
export const addOutsideView = ({ app, store }: Simulator, bank: Bank, wake: () => void): void => {
  app.get('/_sim/orders', (c) => {
    settleDue(bank)
    return c.json({ orders: listOrders(store).map(bookEntry) })
  })
  app.get('/_sim/orders/:orderId', (c) => {
    settleDue(bank)
    const order = findOrder(store, c.req.param('orderId'))
    return order ? c.json(bookEntry(order)) : c.json({ error: 'No such order' }, 404)
  })
  app.post('/_sim/orders/:orderId/pay', async (c) => {
    const body = v.safeParse(Pay, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'way: card | sbp, outcome?, callback?, delayMs?' }, 400)
    settleDue(bank)
    const orderId = c.req.param('orderId')
    const order = findOrder(store, orderId)
    if (!order) return c.json({ error: 'No such order' }, 404)
    if (!payOrder(bank, order, body.output))
      return c.json({ error: 'The order does not take this payment' }, 409)
    wake()
    const paid = findOrder(store, orderId)
    return c.json(paid && bookEntry(paid))
  })
  app.post('/_sim/orders/:orderId/reconcile', (c) => {
    settleDue(bank)
    reconcile(bank, c.req.param('orderId'))
    wake()
    return c.body(null, 204)
  })
  app.get('/_sim/settings', (c) => c.json(bank.settings()))
  app.post('/_sim/settings', async (c) => {
    const body = v.safeParse(SettingsChange, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: `Settings: ${Object.keys(bank.settings()).join(', ')}` }, 400)
    changeSettings(store, body.output)
    return c.json(bank.settings())
  })
}
