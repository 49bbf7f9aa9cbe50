import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Simulator } from '../frame/simulator.ts'
import { addEvent, eventTypes } from './events.ts'
import { findLetter, type KeptLetter, listLetters, newestLetters, setLastEvent } from './letters.ts'
import { notFound, refuse } from './refuse.ts'

type Page = HtmlEscapedString | Promise<HtmlEscapedString>

/** The mailbox for people and for tests. Links are relative, so that it also works behind a prefix. */
export const addMailbox = ({ app, store }: Simulator, now: () => Date, wake?: () => void): void => {
  app.get('/_sim/letters', (c) => {
    const { to = '', after = '' } = c.req.query()
    return c.json({ letters: listLetters(store, { to, after }) })
  })
  app.get('/_sim/letters/:id', (c) => {
    const letter = findLetter(store, c.req.param('id'))
    return letter ? c.json(letter) : refuse(c, notFound)
  })
  app.post('/_sim/letters/:id/events', async (c) => {
    const letter = findLetter(store, c.req.param('id'))
    if (!letter) return refuse(c, notFound)
    const body: { type?: unknown } = await c.req.json().catch(() => ({}))
    const type = eventTypes.find((one) => one === body.type)
    if (!type) return c.json({ error: `type: ${eventTypes.join(', ')}` }, 400)
    if (wake) addEvent(store, letter, type, now())
    setLastEvent(store, letter.id, type.replace('email.', ''))
    wake?.()
    return c.json({ type }, 201)
  })
  app.get('/_sim/mailbox', (c) => c.html(listPage(newestLetters(store, 200))))
  app.get('/_sim/mailbox/:id', (c) => {
    const letter = findLetter(store, c.req.param('id'))
    return letter ? c.html(letterPage(letter)) : c.html(page('Нет такого письма', html``), 404)
  })
  app.get('/_sim/mailbox/:id/letter', (c) => {
    const letter = findLetter(store, c.req.param('id'))
    if (!letter) return refuse(c, notFound)
    c.header(
      'content-security-policy',
      "sandbox allow-popups; default-src 'none'; img-src data: https:; style-src 'unsafe-inline'",
    )
    c.header('referrer-policy', 'no-referrer')
    c.header('x-content-type-options', 'nosniff')
    return letter.html === null ? c.text(letter.text ?? '') : c.html(letter.html)
  })
}

const fates: Record<string, string> = {
  queued: 'в очереди',
  sent: 'отправлено',
  delivered: 'доставлено',
  delivery_delayed: 'задерживается',
  bounced: 'не принято',
  complained: 'жалоба на спам',
  opened: 'открыто',
  failed: 'не отправлено',
}

const timeFormat = new Intl.DateTimeFormat('ru-RU', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Europe/Moscow',
})

const time = (iso: string): Page => html`<time datetime="${iso}">${timeFormat.format(new Date(iso))}</time>`

const listPage = (letters: KeptLetter[]): Page =>
  page(
    'Почта',
    letters.length === 0
      ? html`<p class="quiet">Писем пока нет.</p>`
      : html`<table>
          <thead><tr><th>Кому</th><th>Тема</th><th>Состояние</th><th>Время</th></tr></thead>
          <tbody>${letters.map(
            (letter) => html`<tr>
              <td>${letter.to.join(', ')}</td>
              <td><a href="mailbox/${letter.id}">${letter.subject || '(без темы)'}</a></td>
              <td>${fates[letter.lastEvent] ?? letter.lastEvent}</td>
              <td>${time(letter.createdAt)}</td>
            </tr>`,
          )}</tbody>
        </table>`,
    html`<meta http-equiv="refresh" content="5">`,
  )

const letterPage = (letter: KeptLetter): Page =>
  page(
    letter.subject || '(без темы)',
    html`<p><a href="../mailbox">← Все письма</a></p>
      <dl>
        <dt>От</dt><dd>${letter.from}</dd>
        <dt>Кому</dt><dd>${letter.to.join(', ')}</dd>
        <dt>Время</dt><dd>${time(letter.createdAt)}</dd>
        <dt>Состояние</dt><dd>${fates[letter.lastEvent] ?? letter.lastEvent}</dd>
        ${letter.attachments.length > 0 && html`<dt>Вложения</dt><dd>${letter.attachments.map(({ filename, path }) => filename ?? path).join(', ')}</dd>`}
      </dl>
      <iframe sandbox="allow-popups" title="Письмо" src="${letter.id}/letter"></iframe>
      ${letter.html !== null && letter.text !== null && html`<h2>Текстом</h2><pre>${letter.text}</pre>`}`,
  )

const page = (title: string, body: Page, head: Page = html``): Page => html`<!doctype html>
<html lang="ru">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width">
  <title>${title}</title>${head}
  <style>
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733 }
    h1 { font-size: 1.5rem } h2 { font-size: 1.1rem } a { color: #0b5cad }
    table { border-collapse: collapse; width: 100% }
    th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #dde3ea; vertical-align: top }
    th, dt, time, .quiet { color: #5b6875; font-weight: 400 } time { white-space: nowrap }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dd { margin: 0 }
    iframe { width: 100%; height: 32rem; border: 1px solid #dde3ea; border-radius: .5rem; background: #fff }
    pre { white-space: pre-wrap; background: #f5f7f9; padding: 1rem; border-radius: .5rem }
  </style>
</head>
<body><h1>${title}</h1>${body}</body>
</html>`
