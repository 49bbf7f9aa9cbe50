/** @jsxImportSource hono/jsx */
import { describe, validate } from '@kontora/service'
import { clientOf, languageOfRequest, readCookie, sendPage, tellPeople } from '@kontora/service/pages'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { type AttemptState, liveStates } from '../attempts/attempt.ts'
import type { Resources } from '../resources.ts'
import { askSoon } from './ask-soon.ts'
import { SaidPage } from './payer-page.tsx'
import { inLanguage } from './view.ts'
import { readWays, wayCookie } from './way-back.ts'
import { type Words, wordsIn } from './words.ts'

/** The gateway appends `orderId`; the other interface of the bank appends nothing. */
const BackQuery = v.object({
  orderId: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))), undefined),
})

type Attempt = { id: string; invoiceId: string; state: AttemptState }

/** Where the bank's page sends a payer: the setting VTB_RETURN_URL. */
export const payerReturns = new Hono<{ Bindings: Resources }>().get(
  '/back',
  describe(
    'A payer is back from the bank: our own question is asked soon, and he is sent on to his invoice',
    { 200: 'text/html', 303: null },
    ['not-found'],
  ),
  tellPeople(),
  validate('query', BackQuery),
  async (c) => {
    const { url, isSecure } = clientOf(c)
    const ways = readWays(readCookie(c, wayCookie(isSecure)))
    const { orderId } = c.req.valid('query')
    const attempt = await findAttempt(c.env, orderId, ways[0]?.attemptId)
    if (attempt) await askSoon(c.env, attempt.id)
    const way = ways.find(({ attemptId }) => attemptId === attempt?.id)
    if (!attempt || !way) return sayHowItStands(c, attempt)
    const base = way.to === 'own' ? `${url}/invoices/${attempt.invoiceId}` : `${url}/pay/${way.to}`
    c.header('referrer-policy', 'no-referrer')
    c.header('cache-control', 'no-store')
    return c.redirect(inLanguage(base, languageOfRequest(c), { to: 'back' }), 303)
  },
)

const findAttempt = async (
  { sql }: Resources,
  orderId: string | undefined,
  newestId: string | undefined,
): Promise<Attempt | undefined> => {
  if (orderId === undefined && newestId === undefined) return undefined
  const [attempt] = await sql<Attempt[]>`
    select id, invoice_id, state from attempts
    where ${orderId === undefined ? sql`id = ${newestId ?? null}` : sql`md_order = ${orderId}`}`
  return attempt
}

const outcomeOf = (attempt: Attempt | undefined): keyof Words['back'] => {
  if (!attempt) return 'unknown'
  if (attempt.state === 'settled') return 'paid'
  return liveStates.includes(attempt.state) ? 'waiting' : 'failed'
}

/** In a browser that did not begin it: of the invoice nothing is said. */
const sayHowItStands = (c: Context, attempt: Attempt | undefined): Promise<Response> => {
  const language = languageOfRequest(c)
  const [title = '', text = ''] = wordsIn(language).back[outcomeOf(attempt)]
  return sendPage(c, <SaidPage language={language} title={title} text={text} />)
}
