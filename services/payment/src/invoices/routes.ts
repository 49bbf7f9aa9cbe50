import { isAllowed, may, signedIn } from '@kontora/access'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { attemptsOfInvoice } from '../attempts/routes.ts'
import { payerOf } from '../payer.ts'
import { payerLinks } from '../payer-links/routes.ts'
import { receiptsOfInvoice } from '../receipts/routes.ts'
import type { Resources } from '../resources.ts'
import { cancelInvoice } from './cancel-invoice.ts'
import { changeDraft } from './change-draft.ts'
import { DraftedInvoice, draftInvoice } from './draft-invoice.ts'
import { Invoice, InvoiceDraft, InvoiceState, PricedLine } from './invoice.ts'
import { issueDraft, issueInvoice } from './issue-invoice.ts'
import { Issued } from './issue-locked.ts'
import { invoicePdfs } from './pdf/routes.ts'
import { answerOf, type InvoiceRow, invoiceColumns, readInvoiceRow, readLines } from './read-invoice.ts'
import { invoiceSearch } from './search/routes.ts'

const InvoiceWithLines = v.object({ ...Invoice.entries, lines: v.array(PricedLine) })
const OfInvoice = v.strictObject({ id: Id })

const writes = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Issue an invoice', { 201: Issued }, ['conflict']),
    may('invoice:issue'),
    idempotent(),
    validate('json', InvoiceDraft),
    async (c) => c.json(await issueInvoice(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .post(
    '/drafts',
    describe('Write a draft, which its payer does not see', { 201: DraftedInvoice }, ['conflict']),
    may('invoice:draft'),
    idempotent(),
    validate('json', InvoiceDraft),
    async (c) => c.json(await draftInvoice(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .put(
    '/:id',
    describe('Write a draft anew', { 200: DraftedInvoice }, ['not-found', 'conflict']),
    may('invoice:draft'),
    validate('param', OfInvoice),
    validate('json', InvoiceDraft),
    async (c) => {
      const what = { invoiceId: c.req.valid('param').id, draft: c.req.valid('json') }
      return c.json(await changeDraft(c.env, c.var.user, what))
    },
  )
  .post(
    '/:id/issue',
    describe('Issue a draft', { 200: Issued }, ['not-found', 'conflict']),
    may('invoice:issue'),
    idempotent(),
    validate('param', OfInvoice),
    async (c) => c.json(await issueDraft(c.env, c.var.user, { invoiceId: c.req.valid('param').id })),
  )
  .post(
    '/:id/cancel',
    describe(
      'Cancel an unpaid invoice, or give up a draft',
      { 200: v.object({ invoiceId: Id, state: InvoiceState }) },
      ['not-found', 'conflict'],
    ),
    may('invoice:issue'),
    idempotent(),
    validate('param', OfInvoice),
    async (c) => c.json(await cancelInvoice(c.env, c.var.user, { invoiceId: c.req.valid('param').id })),
  )

const reads = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe("The caller's own invoices, the newest first", { 200: PageOf(Invoice) }),
    signedIn(),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor } = c.req.valid('query')
      const rows = await sql<InvoiceRow[]>`
        select ${invoiceColumns(sql)} from invoices
        where user_id = ${payerOf(c.var.user)} and issued_at is not null and ${cursor ? sql`id < ${cursor}` : sql`true`}
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
      const own = () => sql`user_id = ${payerOf(c.var.user)} and issued_at is not null`
      const invoice = await readInvoiceRow(sql, sql`id = ${id} and ${any ? sql`true` : own()}`)
      if (!invoice) throw new Problem('not-found', 'No such invoice')
      return c.json({ ...answerOf(invoice), lines: await readLines(sql, id) })
    },
  )

export const invoices = new Hono<{ Bindings: Resources }>()
  .route('/', writes)
  // Before what is found by its id.
  .route('/', invoiceSearch)
  .route('/', reads)
  .route('/', invoicePdfs)
  .route('/', attemptsOfInvoice)
  .route('/', payerLinks)
  .route('/', receiptsOfInvoice)
