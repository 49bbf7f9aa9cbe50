import { may } from '@kontora/access'
import { describe, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../../resources.ts'
import { dayOf, Invoice } from '../invoice.ts'
import { answerOf, type InvoiceRow, invoiceColumns } from '../read-invoice.ts'
import { exportInvoices } from './export-invoices.ts'
import { searchFields, soughtBy } from './invoice-search.ts'

/** For operators: drafts are found too. */
export const invoiceSearch = new Hono<{ Bindings: Resources }>()
  .get(
    '/search',
    describe('Any invoices, the newest first, by number, payer, seller, state, days and sum', {
      200: PageOf(Invoice),
    }),
    may('invoice:read'),
    validate('query', v.strictObject({ ...searchFields, ...pageFields })),
    async (c) => {
      const { sql, now } = c.env
      const { limit, cursor, ...search } = c.req.valid('query')
      const rows = await sql<InvoiceRow[]>`
        select ${invoiceColumns(sql)} from invoices
        where ${soughtBy(sql, search, now())} and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows.map(answerOf), limit, ({ invoiceId }) => invoiceId))
    },
  )
  .get(
    '/export',
    describe('All that a search finds as CSV for Excel, without personal data', { 200: 'text/csv' }),
    may('invoice:export'),
    validate('query', v.strictObject(searchFields)),
    (c) => {
      const { sql, now } = c.env
      const time = now()
      return c.body(exportInvoices(sql, c.req.valid('query'), time), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="invoices-${dayOf(time)}.csv"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
    },
  )
