import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { type Order, orderStatus, type Qr } from './order.ts'
import { pageFrame } from './page-frame.ts'

type Page = HtmlEscapedString | Promise<HtmlEscapedString>

export const paymentPage = (order: Order, payable: boolean): Page =>
  pageFrame(
    'Оплата заказа',
    html`${summary(order)}
      ${payable ? choices(order) : html`<p class="state">${stateOf(order)}</p>`}`,
  )

/** Stands in for the application of the payer's bank. */
export const bankApplicationPage = (order: Order, qr: Qr, payable: boolean): Page =>
  pageFrame(
    'Оплата по СБП',
    html`${summary(order)}
      ${payable ? pay(qr.qrId, 'Оплатить по СБП') : html`<p class="state">${qrStates[qr.state]}</p>`}
      <p class="quiet">Вместо приложения банка. Ссылка QR-кода: <code>${qr.payload}</code></p>`,
  )

export const noOrderPage = (): Page => pageFrame('Заказ не найден', html`<p>Такого заказа у банка нет.</p>`)

const roubles = new Intl.NumberFormat('ru-RU', { style: 'currency', currency: 'RUB' })
const time = new Intl.DateTimeFormat('ru-RU', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'Europe/Moscow',
})

const summary = (
  order: Order,
): Page => html`<p class="amount">${roubles.format(order.amountKopecks / 100)}</p>
  <dl>
    <dt>Номер заказа</dt><dd>${order.orderNumber}</dd>
    ${order.description && html`<dt>Назначение</dt><dd>${order.description}</dd>`}
    <dt>Оплатить до</dt><dd>${time.format(order.sessionEndsAt)} (мск)</dd>
  </dl>`

const choices = (order: Order): Page => html`${pay(order.mdOrder, 'Оплатить картой')}
  ${
    !order.twoStage &&
    html`<form method="post" action="${order.mdOrder}/sbp"><button class="second">Оплатить по СБП</button></form>`
  }`

/** Addresses are relative: the page may stand behind a prefix. */
const pay = (id: string, label: string): Page => html`<form method="post" action="${id}/pay">
  <button name="choice" value="pay">${label}</button>
  <button class="second" name="choice" value="decline">Отклонить</button>
  <details><summary>Особые случаи</summary>
    <button class="second" name="choice" value="lose">Оплатить, уведомление потерять</button>
    <button class="second" name="choice" value="duplicate">Оплатить, уведомить дважды</button>
    <label>Через <input type="number" name="seconds" value="30" min="0" max="86400"> с
      <button class="second" name="choice" value="late">Оплатить позже</button></label>
  </details>
</form>`

const stateOf = ({ status, pending }: Order): string =>
  pending ? 'Платёж обрабатывается. Страницу можно закрыть.' : states[status]

const states = {
  [orderStatus.registered]: 'Заказ ждёт оплаты.',
  [orderStatus.held]: 'Деньги удержаны на карте.',
  [orderStatus.deposited]: 'Заказ оплачен.',
  [orderStatus.reversed]: 'Платёж отменён.',
  [orderStatus.refunded]: 'По заказу сделан возврат.',
  [orderStatus.inProgress]: 'Платёж обрабатывается.',
  [orderStatus.declined]: 'Заказ отклонён или срок его оплаты истёк.',
}

const qrStates = {
  STARTED: 'По этому QR-коду больше нельзя заплатить.',
  CONFIRMED: 'Платёж обрабатывается.',
  ACCEPTED: 'Оплата принята.',
  REJECTED: 'Оплата отклонена.',
  REJECTED_BY_USER: 'Магазин отозвал этот QR-код.',
}
