import { createApp, idempotent } from '@kontora/service'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { InvoiceDraft } from '../../../services/payment/src/invoices/invoice.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'
import type { Verbs } from './verbs.ts'

type Env = { Bindings: Resources; Variables: { user: { id: string } } }

/** Who asks is known already: what a token may is tried elsewhere. */
const signedInAs = createMiddleware<Env>(async (c, next) => {
  c.set('user', { id: c.req.header('x-user') ?? '' })
  await next()
})

type Write = (c: Context<Env>, body: never) => Promise<object>

/** The service's writes by HTTP, each under the real Idempotency-Key. */
export const serviceOver = (verbs: Verbs) => {
  const app = createApp<Resources>({ title: 'Simulation', description: '' })
  const post = (path: string, write: Write) =>
    app.post(path, signedInAs as never, idempotent(), async (c) => {
      const context = c as unknown as Context<Env>
      return c.json(await write(context, (await c.req.json()) as never), 201)
    })
  post('/invoices', (c, body) => verbs.issueInvoice(c.env, c.var.user, v.parse(InvoiceDraft, body)))
  post('/invoices/drafts', (c, body) => verbs.draftInvoice(c.env, c.var.user, v.parse(InvoiceDraft, body)))
  post('/invoices/:id/issue', (c) =>
    verbs.issueDraft(c.env, c.var.user, { invoiceId: c.req.param('id') ?? '' }),
  )
  post('/invoices/:id/cancel', (c) =>
    verbs.cancelInvoice(c.env, c.var.user, { invoiceId: c.req.param('id') ?? '' }),
  )
  post('/invoices/:id/attempts', (c, wish: { way: 'card' | 'sbp' }) =>
    verbs.startAttempt(c.env, c.var.user.id, { ...wish, invoiceId: c.req.param('id') ?? '' }),
  )
  post('/attempts/:id/capture', (c, body: { amountKopecks: number; reason: string }) =>
    verbs.requestMove(c.env, c.var.user, { ...body, kind: 'capture', attemptId: c.req.param('id') ?? '' }),
  )
  post('/attempts/:id/release', (c, body: { reason: string }) =>
    verbs.requestMove(c.env, c.var.user, { ...body, kind: 'release', attemptId: c.req.param('id') ?? '' }),
  )
  post('/attempts/:id/decision', (c, body) =>
    verbs.decideAttempt(c.env, c.var.user, c.req.param('id') ?? '', body),
  )
  post('/moves/:id/decision', (c, body) => verbs.decideMove(c.env, c.var.user, c.req.param('id') ?? '', body))
  post('/refunds/:id/decision', (c, body) =>
    verbs.decideRefund(c.env, c.var.user, c.req.param('id') ?? '', body),
  )
  post('/refunds', (c, body) => verbs.requestRefund(c.env, c.var.user, body))
  return app
}
