import { signedIn } from '@kontora/access'
import { describe, Problem, validate } from '@kontora/service'
import { clientOf, originOfPages, ownForm, signedInPage, tellPeople } from '@kontora/service/pages'
import { Id } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { answerPdf } from '../invoices/pdf/routes.ts'
import { readInvoiceRow } from '../invoices/read-invoice.ts'
import { payerOf } from '../payer.ts'
import { asPayerSees } from '../payer-links/read-by-link.ts'
import type { Resources } from '../resources.ts'
import type { PageEnv, Shown } from './read-view.ts'
import { PageQuery, PayerStatus, StatusQuery, showInvoice, tellStatus } from './show-invoice.tsx'
import { PayForm, takePayment } from './take-payment.ts'

const OfInvoice = v.strictObject({ id: Id })

/** The own invoice of whoever is signed in. */
const readOwn = async <Env extends PageEnv>(c: Context<Env>, userId: string, id: string): Promise<Shown> => {
  const { sql } = c.env
  const row = await readInvoiceRow(sql, sql`id = ${id} and user_id = ${userId} and issued_at is not null`)
  if (!row) throw new Problem('not-found', 'No such invoice')
  return { invoice: await asPayerSees(sql, row), base: `${clientOf(c).url}/invoices/${id}`, isOwn: true }
}

/** The same pages for a payer who is signed in and needs no link. */
export const ownInvoicePages = new Hono<{ Bindings: Resources }>()
  .get(
    '/:id',
    describe('One of my invoices as a page, to be paid', { 200: 'text/html', 303: null }, ['not-found']),
    ...[tellPeople(), signedInPage()],
    signedIn(),
    validate('param', OfInvoice),
    validate('query', PageQuery),
    async (c) =>
      showInvoice(c, await readOwn(c, payerOf(c.var.user), c.req.valid('param').id), c.req.valid('query')),
  )
  .post(
    '/:id/attempts',
    describe('Begins a payment by the form of that page', { 303: null }, ['not-found']),
    ...[tellPeople(), ownForm(originOfPages), signedInPage()],
    signedIn(),
    validate('param', OfInvoice),
    validate('form', PayForm),
    async (c) =>
      takePayment(c, await readOwn(c, payerOf(c.var.user), c.req.valid('param').id), c.req.valid('form')),
  )
  .get(
    '/:id/status',
    describe('How my invoice stands; waits while that is `after`', { 200: PayerStatus, 303: null }, [
      'not-found',
    ]),
    signedInPage(),
    signedIn(),
    validate('param', OfInvoice),
    validate('query', StatusQuery),
    async (c) => {
      const { invoice } = await readOwn(c, payerOf(c.var.user), c.req.valid('param').id)
      return tellStatus(c, invoice.invoiceId, c.req.valid('query'))
    },
  )
  .get(
    '/:id/pdf',
    describe('My invoice as a PDF', { 200: 'application/pdf', 303: null }, [
      'not-found',
      'conflict',
      'unavailable',
    ]),
    ...[tellPeople(), signedInPage()],
    signedIn(),
    validate('param', OfInvoice),
    async (c) => {
      const { invoice } = await readOwn(c, payerOf(c.var.user), c.req.valid('param').id)
      return answerPdf(c.env, invoice.invoiceId)
    },
  )
