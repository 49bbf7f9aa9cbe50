/** @jsxImportSource hono/jsx */
import { sendPage } from '@kontora/service/pages'
import { ZeroOrMoreKopecks } from '@kontora/validation'
import type { Context } from 'hono'
import * as v from 'valibot'
import { leftKopecks } from '../invoices/invoice.ts'
import { WaitSeconds, waitFor } from '../wait.ts'
import { PayerPage, ToBankPage } from './payer-page.tsx'
import { Awaited, hasCome, type Moment, PayerPhase, phaseOf, stampOf } from './phase.ts'
import { readMoment } from './read-moment.ts'
import { type PageEnv, readView, type Shown } from './read-view.ts'
import { safePage } from './view.ts'
import { tellings } from './words.ts'

const Seconds = v.pipe(v.string(), v.regex(/^\d$/), v.transform(Number))

/** What stands in the address is a wish and no truth; what is none is passed over. */
export const PageQuery = v.object({
  to: v.fallback(v.optional(Awaited), undefined),
  told: v.fallback(v.optional(v.picklist(tellings)), undefined),
  wait: v.fallback(v.optional(Seconds), undefined),
})
type Query = v.InferOutput<typeof PageQuery>

/** Nobody is asked for this page: the jobs ask the bank, and what they wrote is shown. */
export const showInvoice = async <Env extends PageEnv>(
  c: Context<Env>,
  shown: Shown,
  { to, told, wait }: Query,
): Promise<Response> => {
  const { sql, now } = c.env
  const read = () => readMoment(sql, shown.invoice.invoiceId)
  const seconds = to === undefined ? 0 : (wait ?? usualWait[to])
  const moment = await waitFor(seconds, read, (seen) => to === undefined || hasCome(to, seen))
  const view = await readView(c, shown, moment, told)
  const page = phaseOf(moment, now()) === 'being-paid' && safePage(moment.attempt?.payUrl, view.isLocal)
  if (to === 'bank' && page)
    return sendPage(c, <ToBankPage language={view.language} words={view.words} address={page} />)
  return sendPage(c, <PayerPage {...view} awaited={to} />, {
    sendsTo: [],
    script: view.script,
    asks: [view.base, `${view.base}/status`],
  })
}

/** Longer than the bank takes to open an order; and than it takes us to ask it about one that is just paid. */
const usualWait = { bank: 10, qr: 10, back: 5 }

export const PayerStatus = v.object({
  phase: PayerPhase,
  paidKopecks: ZeroOrMoreKopecks,
  leftKopecks: ZeroOrMoreKopecks,
  /** Another one: the page shows something else. */
  stamp: v.string(),
})
export const StatusQuery = v.object({
  wait: WaitSeconds,
  after: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
})

export const tellStatus = async <Env extends PageEnv>(
  c: Context<Env>,
  invoiceId: string,
  { wait, after }: v.InferOutput<typeof StatusQuery>,
): Promise<Response> => {
  const { sql, now } = c.env
  const isOther = (moment: Moment) => stampOf(moment, now()) !== after
  const moment = await waitFor(wait, () => readMoment(sql, invoiceId), isOther)
  c.header('cache-control', 'no-store')
  return c.json({
    phase: phaseOf(moment, now()),
    paidKopecks: moment.paidKopecks,
    leftKopecks: leftKopecks(moment),
    stamp: stampOf(moment, now()),
  })
}
