import * as v from 'valibot'

/** Where each of these invoices is seen and paid without signing in; of one that is not to be paid there is nothing. */
export type PayLinks = (invoiceIds: string[]) => Promise<Map<string, string>>

export class PaymentFault extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.name = 'PaymentFault'
    this.code = code
  }
}

const Answer = v.object({ links: v.array(v.object({ invoiceId: v.string(), url: v.string() })) })

type Fetch = (url: string, init: RequestInit) => Promise<Response>
/** `pagesUrl`: where payment's pages are reached; a link to anywhere else is not put into a letter. */
type Options = { url: string; pagesUrl: string; token: (audience: string) => Promise<string>; fetch: Fetch }

export const createPayLinks = ({ url, pagesUrl, token, fetch }: Options): PayLinks => {
  const { origin } = new URL(pagesUrl)
  const isOurs = (link: string): boolean => URL.canParse(link) && new URL(link).origin === origin
  return async (invoiceIds) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/payer-links/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('payment')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ invoiceIds }),
      signal: AbortSignal.timeout(5000),
    }).catch(() => {
      throw new PaymentFault('no-answer')
    })
    if (!response.ok) throw new PaymentFault(`status-${response.status}`)
    const answer = v.safeParse(Answer, await response.json().catch(() => undefined))
    if (!answer.success) throw new PaymentFault('unreadable')
    if (!answer.output.links.every((link) => isOurs(link.url))) throw new PaymentFault('another-origin')
    return new Map(answer.output.links.map((link) => [link.invoiceId, link.url]))
  }
}
