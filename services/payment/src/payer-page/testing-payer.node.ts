import { app } from '../app.ts'
import type { TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

const url = 'http://payment.test'

/** A payer's browser without scripts before the pages of this service. */
export const payersOf = (payment: TestPayment) => {
  const pages = { url, isSecure: false, name: 'payment', home: '/invoices', issuer: 'http://auth.test' }
  Object.assign(payment.resources, { pages })
  const story = storyOf(payment)

  const linkTo = async (invoiceId: string): Promise<string> => {
    const token = await story.operator()
    return String((await payment.ask('POST', `/v1/invoices/${invoiceId}/link`, { token })).json.url)
  }

  const openBrowser = (language = 'ru') => {
    const cookies = new Map<string, string>()
    const send = async (address: string, init: RequestInit = {}) => {
      const headers = new Headers({ accept: 'text/html', 'accept-language': language, ...init.headers })
      if (cookies.size > 0)
        headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
      const response = await app.request(address, { ...init, headers }, payment.resources)
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      const to = response.headers.get('location')
      return { status: response.status, headers: response.headers, text: await response.text(), to }
    }
    const post = (address: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      send(address, {
        method: 'POST',
        headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      })
    return { cookies, send, post, get: (address: string) => send(address) }
  }

  /** An invoice, its link, and a browser before it. */
  const arrive = async (priceKopecks = 1_220_000) => {
    const made = await story.invoice(priceKopecks)
    const link = await linkTo(made.invoiceId)
    const browser = openBrowser()
    const pay = (way: string, more: Record<string, string> = {}) =>
      browser.post(`${link}/attempts`, { way, left: String(priceKopecks), ...more })
    const attempt = async () => {
      const [row] = await payment.sql<{ id: string; mdOrder: string; payUrl: string; askAt: Date }[]>`
        select id, md_order, pay_url, ask_at from attempts where invoice_id = ${made.invoiceId}
        order by started_at desc limit 1`
      if (!row) throw new Error('Nothing was begun')
      return row
    }
    return { ...made, link, browser, pay, attempt, look: (query = '') => browser.get(`${link}${query}`) }
  }

  return { story, linkTo, openBrowser, arrive }
}
