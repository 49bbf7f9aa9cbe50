import { isAllowed, signedIn } from '@kontora/access'
import { describe, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import * as v from 'valibot'
import { payerOf } from '../../payer.ts'
import type { Resources } from '../../resources.ts'
import { readInvoiceRow } from '../read-invoice.ts'
import { dispositionOf } from './file-name.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { readSheet } from './read-sheet.ts'

/** By content: what is unchanged is not sent again, whichever process and runtime drew it. */
const byContent = etag({ generateDigest: (body) => crypto.subtle.digest('SHA-256', body.slice()) })

export const invoicePdfs = new Hono<{ Bindings: Resources }>().get(
  '/:id/pdf',
  describe(
    'An invoice as a PDF with its payment codes: the own one, or any with invoice:read',
    { 200: 'application/pdf', 304: null },
    ['not-found', 'conflict', 'unavailable'],
  ),
  signedIn(),
  validate('param', v.strictObject({ id: Id })),
  byContent,
  async (c) => {
    const { sql, access } = c.env
    const { id } = c.req.valid('param')
    const any = await isAllowed(access, c.var.user, 'invoice:read')
    const own = () => sql`user_id = ${payerOf(c.var.user)} and issued_at is not null`
    const invoice = await readInvoiceRow(sql, sql`id = ${id} and ${any ? sql`true` : own()}`)
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    return answerPdf(c.env, id)
  },
)

/** For whoever was found to be allowed to see this invoice. */
export const answerPdf = async (resources: Resources, invoiceId: string): Promise<Response> => {
  const sheet = await readSheet(resources, invoiceId)
  const headers = {
    'content-type': 'application/pdf',
    'content-disposition': dispositionOf(sheet),
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
  }
  return new Response(await invoicePdf(sheet), { headers })
}
