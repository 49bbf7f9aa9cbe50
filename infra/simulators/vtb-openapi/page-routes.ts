import { html } from 'hono/html'
import type { Simulator } from '../frame/simulator.ts'
import { pageFrame } from '../vtb/page-frame.ts'
import { type Bank, findByCode, isPaid, type Order, takesPayment } from './order.ts'
import { payOrder, settleDue } from './pay-order.ts'

const roubles = new Intl.NumberFormat('ru-RU', { style: 'currency', currency: 'RUB' })

const page = (order: Order, payable: boolean) =>
  pageFrame(
    'Оплата заказа (OpenAPI)',
    html`<p class="amount">${roubles.format(order.kopecks / 100)}</p>
      <dl><dt>Номер заказа</dt><dd>${order.orderId}</dd><dt>Назначение</dt><dd>${order.orderName}</dd></dl>
      ${
        payable
          ? html`<form method="post" action="${order.orderCode}/pay">
              <button name="choice" value="card">Оплатить картой</button>
              ${order.sbp && html`<button class="second" name="choice" value="sbp">Оплатить по СБП</button>`}
              <button class="second" name="choice" value="decline">Отклонить</button>
              <button class="second" name="choice" value="lose">Оплатить, уведомление потерять</button>
            </form>`
          : html`<p class="state">${order.payments.some(isPaid) ? 'Заказ оплачен.' : 'Заказ больше не ждёт оплаты.'}</p>`
      }`,
  )

/** The payer's page. Redirects within are relative: a prefix may stand before all of this. */
export const addPageRoutes = ({ app, store }: Simulator, bank: Bank, wake: () => void): void => {
  app.get('/pay/:orderCode', (c) => {
    settleDue(bank)
    const order = findByCode(store, c.req.param('orderCode'))
    if (!order) return c.html(pageFrame('Заказ не найден', html`<p>Такого заказа у банка нет.</p>`), 404)
    return c.html(page(order, takesPayment(order, bank.now())))
  })
  app.post('/pay/:orderCode/pay', async (c) => {
    settleDue(bank)
    const choice = String((await c.req.parseBody()).choice)
    const order = findByCode(store, c.req.param('orderCode'))
    if (order)
      payOrder(bank, order, {
        way: choice === 'sbp' ? 'sbp' : 'card',
        outcome: choice === 'decline' ? 'declined' : 'paid',
        callback: choice === 'lose' ? 'lose' : 'send',
        delayMs: 0,
      })
    wake()
    return c.redirect(order?.returnUrl ?? `../${c.req.param('orderCode')}`, 303)
  })
}
