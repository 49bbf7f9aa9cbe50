import { html } from 'hono/html'
import type { PartStatus } from '../parts/part.ts'
import type { Place } from '../place.ts'
import { bankOrdersTable, readBankOrders } from './bank-orders.ts'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884 }
.up { color: #178a3a } .down { color: #c22 } .starting { color: #b80 }
nav a { margin-right: 1.2rem }
code { font-size: .95em }
`

const row = (part: PartStatus) => html`<tr data-part="${part.name}">
  <td>${part.name}</td>
  <td class="${part.state}" data-field="state">${part.state}</td>
  <td data-field="pid">${part.pid ?? '–'}</td>
  <td data-field="restarts">${part.restarts}</td>
  <td><code>${part.url}</code><br><small class="down" data-field="why">${part.why ?? ''}</small></td>
  <td>${part.openapi ? html`<a href="${part.openapi}">openapi</a>` : ''}</td>
</tr>`

const urlOf = (parts: PartStatus[], name: string): string =>
  parts.find((part) => part.name === name)?.url ?? '#'

/** Plain for now: what runs, the mailbox, the bank, the partners' outside views. */
export const controlRoom = async (place: Place, parts: PartStatus[]): Promise<string> => {
  const bank = urlOf(parts, 'vtb')
  const orders = bankOrdersTable(bank, await readBankOrders(bank))
  return `<!doctype html>${await html`<html lang="ru">
<head><meta charset="utf-8"><title>Kontora: пульт</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body>
<h1>Kontora</h1>
<nav>
  <a href="/mailbox">Почта</a>
  <a href="${urlOf(parts, 'one-c')}/_sim/page">1С: журнал документов</a>
  <a href="/_sim/vtb/orders">Книга банка</a>
  <a href="/_sim/roback/documents">Roback</a>
  <a href="/_sim/campaigns/events">Campaigns</a>
  <a href="/_stack">/_stack</a>
</nav>
<h2>Части</h2>
<table><thead><tr><th>Часть</th><th>Состояние</th><th>Процесс</th><th>Перезапусков</th><th>Адрес</th><th></th></tr></thead>
<tbody>${parts.map(row)}</tbody></table>
<h2>Банк</h2>
${orders}
<h2>Вход</h2>
<p>Администратор: <code>admin@kontora.local</code>. Код для входа приходит в <a href="/mailbox">почту</a>.</p>
<form id="sign-in"><input name="email" type="email" value="admin@kontora.local" aria-label="Адрес"> <button>Получить токен</button></form>
<p><code id="token"></code></p>
<p>Страница клиента: <a href="${place.url}/payment/invoices">мои счета</a>; вход на неё – по странице входа.</p>
<p>Данные: <code>${place.data}</code></p>
<script src="/_stack/page.js"></script>
</body></html>`}`
}
