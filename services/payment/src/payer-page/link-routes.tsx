/** @jsxImportSource hono/jsx */
import { describe, Problem, validate } from '@kontora/service'
import {
  clientOf,
  isPerson,
  languageOfRequest,
  originOfPages,
  ownForm,
  sendPage,
  tellPeople,
} from '@kontora/service/pages'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { answerPdf } from '../invoices/pdf/routes.ts'
import { readByLink } from '../payer-links/read-by-link.ts'
import type { Resources } from '../resources.ts'
import { payerReturns } from './back-routes.tsx'
import { liveScript } from './live-script.ts'
import { GonePage } from './payer-page.tsx'
import type { Shown } from './read-view.ts'
import { PageQuery, PayerStatus, StatusQuery, showInvoice, tellStatus } from './show-invoice.tsx'
import { PayForm, takePayment } from './take-payment.ts'

type Env = { Bindings: Resources; Variables: { shown: Shown } }

/** No pattern: what is no token at all is told like one that opens nothing. */
const ByLink = v.object({ token: v.string() })

/** Whoever holds the link comes in, in the payer's place. One and the same 404 for all others. */
const byLink = createMiddleware<Env>(async (c, next) => {
  const { url } = clientOf(c)
  const token = c.req.param('token') ?? ''
  const invoice = await readByLink(c.env.sql, token)
  c.header('referrer-policy', 'no-referrer')
  if (!invoice) {
    if (!isPerson(c)) throw new Problem('not-found', 'No such invoice')
    return sendPage(c, <GonePage language={languageOfRequest(c)} />, { status: 404 })
  }
  c.set('shown', { invoice, base: `${url}/pay/${token}`, isOwn: false })
  await next()
})

/** The payer's pages by link. The token is in the path, and of that only the pattern is logged. */
export const payerPages = new Hono<Env>()
  .get(
    '/live.js',
    describe('The script that keeps a payer’s page up to date', { 200: 'text/javascript' }),
    (c) =>
      c.body(liveScript, 200, {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      }),
  )
  .route('/', payerReturns)
  .get(
    '/:token',
    describe('An invoice as its payer sees and pays it', { 200: 'text/html' }, ['not-found']),
    tellPeople(),
    validate('param', ByLink),
    validate('query', PageQuery),
    byLink,
    (c) => showInvoice(c, c.var.shown, c.req.valid('query')),
  )
  .post(
    '/:token/attempts',
    describe('Begins a payment by the form of that page; a live attempt is used again', { 303: null }, [
      'not-found',
    ]),
    ...[tellPeople(), ownForm(originOfPages)],
    validate('param', ByLink),
    validate('form', PayForm),
    byLink,
    (c) => takePayment(c, c.var.shown, c.req.valid('form')),
  )
  .get(
    '/:token/status',
    describe('How the invoice stands; waits while that is `after`', { 200: PayerStatus }, ['not-found']),
    validate('param', ByLink),
    validate('query', StatusQuery),
    byLink,
    (c) => tellStatus(c, c.var.shown.invoice.invoiceId, c.req.valid('query')),
  )
  .get(
    '/:token/pdf',
    describe('The invoice as a PDF with its payment codes', { 200: 'application/pdf' }, [
      'not-found',
      'conflict',
      'unavailable',
    ]),
    tellPeople(),
    validate('param', ByLink),
    byLink,
    (c) => answerPdf(c.env, c.var.shown.invoice.invoiceId),
  )
