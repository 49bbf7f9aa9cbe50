import type { Context } from 'hono'
import type { Simulator } from '../frame/simulator.ts'
import type { Bank } from './bank.ts'
import { issueQr } from './issue-qr.ts'
import { type Order, orderStatus, type Payment } from './order.ts'
import { findOrder, findOrderByQr } from './order-book.ts'
import { payOrder, takesLatePayment, takesNewPayment } from './pay-order.ts'
import { bankApplicationPage, noOrderPage, paymentPage } from './payment-page.ts'
import { Refusal } from './refusal.ts'
import { returnAddress } from './return-address.ts'
import { settleDue } from './settle-due.ts'

/** Redirects within are relative: a prefix may stand before all of this. */
export const addPageRoutes = (simulator: Simulator, bank: Bank, wake: () => void): void => {
  addPaymentPage(simulator, bank, wake)
  addBankApplication(simulator, bank, wake)
}

const addPaymentPage = ({ app, store }: Simulator, bank: Bank, wake: () => void): void => {
  app.get('/payment/page/:mdOrder', (c) => {
    settleDue(bank)
    const order = findOrder(store, c.req.param('mdOrder'))
    return order ? page(c, paymentPage(order, takesNewPayment(order))) : page(c, noOrderPage(), 404)
  })
  app.post('/payment/page/:mdOrder/pay', async (c) => {
    const order = await pay(c, bank, wake, 'card', () => findOrder(store, c.req.param('mdOrder')))
    if (!order) return c.redirect(`../${c.req.param('mdOrder')}`, 303)
    if (order.status === orderStatus.registered) return c.redirect(`../${order.mdOrder}`, 303)
    const failed = order.status === orderStatus.declined && order.failUrl
    return c.redirect(returnAddress(failed || order.returnUrl, order), 303)
  })
  app.post('/payment/page/:mdOrder/sbp', (c) => {
    settleDue(bank)
    const order = findOrder(store, c.req.param('mdOrder'))
    const qrId =
      order && attempt(bank, () => issueQr(bank, order, returnAddress(order.returnUrl, order)).qr.qrId)
    return c.redirect(qrId ? `../../../sbp/${qrId}` : `../${c.req.param('mdOrder')}`, 303)
  })
}

const addBankApplication = ({ app, store }: Simulator, bank: Bank, wake: () => void): void => {
  app.get('/sbp/:qrId', (c) => {
    settleDue(bank)
    const order = findOrderByQr(store, c.req.param('qrId'))
    const qr = order?.qrs.find(({ qrId }) => qrId === c.req.param('qrId'))
    return order && qr
      ? page(c, bankApplicationPage(order, qr, isPayable(bank, order, qr.qrId)))
      : page(c, noOrderPage(), 404)
  })
  app.post('/sbp/:qrId/pay', async (c) => {
    const { qrId } = c.req.param()
    const order = await pay(c, bank, wake, 'sbp', () => {
      const found = findOrderByQr(store, qrId)
      return found && isPayable(bank, found, qrId) ? found : undefined
    })
    const back = order?.qrs.find((qr) => qr.qrId === qrId)?.redirectUrl
    return c.redirect(back ?? `../${qrId}`, 303)
  })
}

const isPayable = (bank: Bank, order: Order, qrId: string): boolean =>
  order.qrs.some((qr) => qr.qrId === qrId && qr.state === 'STARTED') &&
  (takesNewPayment(order) || takesLatePayment(bank, order))

const page = (c: Context, body: string | Promise<string>, status: 200 | 404 = 200) => {
  c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
  c.header('cache-control', 'no-store')
  return c.html(body, status)
}

const pay = async (
  c: Context,
  bank: Bank,
  wake: () => void,
  way: Payment['way'],
  find: () => Order | undefined,
): Promise<Order | undefined> => {
  const choice = await readChoice(c)
  settleDue(bank)
  const order = find()
  const paid = order && attempt(bank, () => payOrder(bank, order, { way, ...choice }))
  wake()
  return paid
}

/** What a page refuses it shows anew, as it now stands. */
const attempt = <Result>(bank: Bank, act: () => Result): Result | undefined => {
  try {
    return bank.store.transaction(act)()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return undefined
  }
}

const readChoice = async (c: Context): Promise<Omit<Payment, 'way'>> => {
  const { choice, seconds } = await c.req.parseBody()
  const delay = Math.min(Math.max(Math.round(Number(seconds)) || 0, 0), 86_400)
  return {
    outcome: choice === 'decline' ? 'declined' : 'paid',
    callback: choice === 'lose' || choice === 'duplicate' ? choice : 'send',
    delayMs: choice === 'late' ? delay * 1000 : 0,
  }
}
