import { html } from 'hono/html'

type Order = { mdOrder: string; orderNumber: string; amount: number; orderStatus: number; state: string }

const roubles = (kopecks: number): string =>
  (kopecks / 100).toLocaleString('ru', { style: 'currency', currency: 'RUB' })

/** The bank's newest orders, the latest first; none when it does not answer. */
export const readBankOrders = async (bankUrl: string): Promise<Order[]> => {
  try {
    const answer = await fetch(`${bankUrl}/_sim/orders`, { signal: AbortSignal.timeout(500) })
    const { orders } = (await answer.json()) as { orders: Order[] }
    return orders.slice(-10).reverse()
  } catch {
    return []
  }
}

/** Each leads to the bank's payment page, where it is paid, declined, or paid with a lost callback. */
export const bankOrdersTable = (bankUrl: string, orders: Order[]) =>
  orders.length === 0
    ? html`<p>Заказов ещё нет.</p>`
    : html`<table><thead><tr><th>Заказ</th><th>Сумма</th><th>Состояние</th><th></th></tr></thead>
<tbody>${orders.map(
        ({ mdOrder, orderNumber, amount, orderStatus, state }) => html`<tr>
  <td><code>${orderNumber}</code></td><td>${roubles(amount)}</td><td>${state}</td>
  <td><a href="${bankUrl}/payment/page/${mdOrder}">${orderStatus === 0 ? 'оплатить' : 'страница'}</a></td>
</tr>`,
      )}</tbody></table>`
