import { isAllowed, may, signedIn } from '@kontora/access'
import type { Sql } from '@kontora/postgres'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Id, Kopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { attemptsOfInvoice } from '../attempts/routes.ts'
import { payerOf } from '../payer.ts'
import { receiptsOfInvoice } from '../receipts/routes.ts'
import type { Resources } from '../resources.ts'
import { cancelInvoice } from './cancel-invoice.ts'
import { Invoice, InvoiceLine, InvoiceState } from './invoice.ts'
import { IssuedInvoice, issueInvoice, NewInvoice } from './issue-invoice.ts'

const InvoiceWithLines = v.object({
  ...Invoice.entries,
  lines: v.array(v.object({ ...InvoiceLine.entries, amountKopecks: Kopecks })),
})
const OfInvoice = v.strictObject({ id: Id })

type Row = Omit<v.InferOutput<typeof Invoice>, 'issuedAt' | 'paidAt' | 'cancelledAt'> & {
  issuedAt: Date
  paidAt: Date | null
  cancelledAt: Date | null
}

const columns = (sql: Sql) => sql`
  id as invoice_id, number, user_id, amount_kopecks, state, due_on::text as due_on, issued_at, paid_at, cancelled_at`

const answerOf = ({ issuedAt, paidAt, cancelledAt, ...invoice }: Row) => ({
  ...invoice,
  issuedAt: issuedAt.toISOString(),
  paidAt: paidAt?.toISOString() ?? null,
  cancelledAt: cancelledAt?.toISOString() ?? null,
})

export const invoices = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Issue an invoice', { 201: IssuedInvoice }),
    may('invoice:issue'),
    idempotent(),
    validate('json', NewInvoice),
    async (c) => c.json(await issueInvoice(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .get(
    '/',
    describe("The caller's own invoices, the newest first", { 200: PageOf(Invoice) }),
    signedIn(),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor } = c.req.valid('query')
      const rows = await sql<Row[]>`
        select ${columns(sql)} from invoices
        where user_id = ${payerOf(c.var.user)} and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows.map(answerOf), limit, ({ invoiceId }) => invoiceId))
    },
  )
  .get(
    '/:id',
    describe('One invoice: the own one, or any with invoice:read', { 200: InvoiceWithLines }, ['not-found']),
    signedIn(),
    validate('param', OfInvoice),
    async (c) => {
      const { sql, access } = c.env
      const { id } = c.req.valid('param')
      const any = await isAllowed(access, c.var.user, 'invoice:read')
      const [invoice] = await sql<Row[]>`
        select ${columns(sql)} from invoices
        where id = ${id} and ${any ? sql`true` : sql`user_id = ${payerOf(c.var.user)}`}`
      if (!invoice) throw new Problem('not-found', 'No such invoice')
      const lines = await sql<(v.InferOutput<typeof InvoiceLine> & { amountKopecks: number })[]>`
        select title, quantity, price_kopecks, amount_kopecks, vat from invoice_lines
        where invoice_id = ${id} order by position`
      return c.json({ ...answerOf(invoice), lines: [...lines] })
    },
  )
  .post(
    '/:id/cancel',
    describe('Cancel an unpaid invoice', { 200: v.object({ invoiceId: Id, state: InvoiceState }) }, [
      'not-found',
      'conflict',
    ]),
    may('invoice:issue'),
    idempotent(),
    validate('param', OfInvoice),
    async (c) => c.json(await cancelInvoice(c.env, c.var.user, { invoiceId: c.req.valid('param').id })),
  )
  .route('/', attemptsOfInvoice)
  .route('/', receiptsOfInvoice)
