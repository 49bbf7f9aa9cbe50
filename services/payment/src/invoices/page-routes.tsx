/** @jsxImportSource hono/jsx */
import { signedIn } from '@kontora/access'
import { describe } from '@kontora/service'
import { clientOf, languageOfRequest, sendPage, signedInPage, tellPeople } from '@kontora/service/pages'
import { Hono } from 'hono'
import { payerOf } from '../payer.ts'
import type { Resources } from '../resources.ts'
import { InvoicesPage, type ShownInvoice } from './invoices-page.tsx'

const most = 50

/** For people, in a browser: who is not signed in comes by `auth`'s page. */
export const invoicePages = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('My invoices as a page', { 200: 'text/html', 303: null }, ['not-found']),
  tellPeople(),
  signedInPage(),
  signedIn(),
  async (c) => {
    const rows = await c.env.sql<ShownInvoice[]>`
      select id as invoice_id, number, amount_kopecks, paid_kopecks, state, due_on::text as due_on from invoices
      where user_id = ${payerOf(c.var.user)} and issued_at is not null order by id desc limit ${most + 1}`
    const { url, issuer } = clientOf(c)
    const page = { invoices: rows.slice(0, most), isCut: rows.length > most, url, issuer }
    return sendPage(c, <InvoicesPage language={languageOfRequest(c)} {...page} />, {
      sendsTo: [new URL(issuer).origin],
    })
  },
)
