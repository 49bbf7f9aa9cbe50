import { may } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { giveLink } from './give-link.ts'
import { InvoiceIds, LinksOfInvoices, linksOfInvoices } from './links-of-invoices.ts'
import { PayerLink } from './payer-link.ts'
import { remakeLink } from './remake-link.ts'
import { revokeLink } from './revoke-link.ts'
import { rotateLink } from './rotate-link.ts'

const OfInvoice = v.strictObject({ id: Id })

/** The handlers answer without the secret, which is not kept with the key: `remakeLink` puts it in. */
export const payerLinks = new Hono<{ Bindings: Resources }>()
  .post(
    '/:id/link',
    describe(
      'The link by which its payer sees and pays an invoice; made where there is none',
      { 200: PayerLink },
      ['not-found', 'conflict'],
    ),
    may('invoice:link'),
    idempotent<Resources>({ anew: remakeLink }),
    validate('param', OfInvoice),
    async (c) => c.json(await giveLink(c.env, c.var.user, { invoiceId: c.req.valid('param').id })),
  )
  .post(
    '/:id/link/rotate',
    describe('Another link in the place of the one that was given out', { 200: PayerLink }, [
      'not-found',
      'conflict',
    ]),
    may('invoice:link'),
    idempotent<Resources>({ anew: remakeLink }),
    validate('param', OfInvoice),
    async (c) => c.json(await rotateLink(c.env, c.var.user, { invoiceId: c.req.valid('param').id })),
  )
  .delete(
    '/:id/link',
    describe('Revoke the link', { 204: null }, ['not-found']),
    may('invoice:link'),
    validate('param', OfInvoice),
    async (c) => {
      await revokeLink(c.env, c.var.user, { invoiceId: c.req.valid('param').id })
      return c.body(null, 204)
    },
  )

/** For the letters that bill: a repeat finds the link that was made. */
export const linksForLetters = new Hono<{ Bindings: Resources }>().post(
  '/read',
  describe('Where their payers see and pay these invoices; those that are not to be paid are left out', {
    200: LinksOfInvoices,
  }),
  may('payer-link:read'),
  validate('json', InvoiceIds),
  async (c) => c.json({ links: await linksOfInvoices(c.env, c.var.user, c.req.valid('json').invoiceIds) }),
)
