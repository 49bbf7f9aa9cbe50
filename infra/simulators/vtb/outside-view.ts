import type { Context } from 'hono'
import * as v from 'valibot'
import { changeSettings, readSettings } from '../frame/settings.ts'
import type { Simulator } from '../frame/simulator.ts'
import type { Bank } from './bank.ts'
import { bookEntry } from './bank-book.ts'
import { GarbageCallback, sendGarbage } from './garbage-callback.ts'
import { findOrder, listOrders } from './order-book.ts'
import { payOrder } from './pay-order.ts'
import { Refusal } from './refusal.ts'
import type { Line } from './send-callback.ts'
import { type Settings, SettingsChange } from './settings.ts'
import { settleDue } from './settle-due.ts'

const Pay = v.strictObject({
  way: v.picklist(['card', 'sbp']),
  outcome: v.optional(v.picklist(['paid', 'declined']), 'paid'),
  callback: v.optional(v.picklist(['send', 'lose', 'duplicate']), 'send'),
  delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000)), 0),
})

type View = { wake: () => void; key: string; fetch: Line['fetch']; started: Settings }

/** What a test from outside sees of the bank and does in the payer's place. */
export const addOutsideView = (simulator: Simulator, bank: Bank, view: View): void => {
  addBook(simulator, bank, view)
  addLevers(simulator, bank, view)
}

const addBook = ({ app, store }: Simulator, bank: Bank, view: View): void => {
  app.get('/_sim/orders', (c) => {
    settleDue(bank)
    const { orderNumber } = c.req.query()
    const orders = listOrders(store).filter((order) => !orderNumber || order.orderNumber === orderNumber)
    return c.json({ orders: orders.map((order) => bookEntry(bank, order)) })
  })
  app.get('/_sim/orders/:mdOrder', (c) => {
    settleDue(bank)
    const order = findOrder(store, c.req.param('mdOrder'))
    return order ? c.json(bookEntry(bank, order)) : c.json({ error: 'No such order' }, 404)
  })
  app.post('/_sim/orders/:mdOrder/pay', async (c) => {
    const body = v.safeParse(Pay, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'way: card | sbp, outcome?, callback?, delayMs?' }, 400)
    return pay(c, bank, view, body.output)
  })
}

const addLevers = ({ app, store }: Simulator, bank: Bank, view: View): void => {
  app.post('/_sim/callbacks', async (c) => {
    const body = v.safeParse(GarbageCallback, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'url, kind, mdOrder?' }, 400)
    const line = { method: bank.settings().callbackMethod, fetch: view.fetch }
    const sent = await sendGarbage(bank, { ...line, key: view.key }, body.output)
    return sent ? c.json(sent, 201) : c.json({ error: 'No callback to replay' }, 404)
  })
  app.get('/_sim/settings', (c) => c.json(readSettings(store, view.started)))
  app.post('/_sim/settings', async (c) => {
    const body = v.safeParse(SettingsChange, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: `Settings: ${Object.keys(view.started).join(', ')}` }, 400)
    changeSettings(store, body.output)
    return c.json(readSettings(store, view.started))
  })
}

const pay = (c: Context, bank: Bank, view: View, payment: v.InferOutput<typeof Pay>): Response => {
  settleDue(bank)
  const order = findOrder(bank.store, c.req.param('mdOrder') ?? '')
  if (!order) return c.json({ error: 'No such order' }, 404)
  try {
    const paid = bank.store.transaction(() => payOrder(bank, order, payment))()
    return c.json(bookEntry(bank, paid))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return c.json({ error: 'The order does not take this payment' }, 409)
  } finally {
    view.wake()
  }
}
