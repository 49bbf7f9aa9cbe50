import { signedIn } from '@kontora/access'
import { describe, idempotent, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { payerOf } from '../payer.ts'
import type { Resources } from '../resources.ts'
import { WaitSeconds, waitFor } from '../wait.ts'
import { Attempt, attemptStates } from './attempt.ts'
import { AttemptRequest, startAttempt } from './start-attempt.ts'

type Row = v.InferOutput<typeof Attempt> & { wantsQr: boolean }

const Started = v.object({ attemptId: Id, state: v.picklist(attemptStates) })
const Waiting = v.strictObject({ wait: WaitSeconds, after: v.optional(v.picklist(attemptStates)) })

/** Nothing to show yet; or, for a caller who says what he knows, nothing new. */
const isWaiting = ({ state, qrPayload, wantsQr }: Row, after: string | undefined): boolean =>
  after === undefined
    ? state === 'starting' || state === 'unknown' || (state === 'open' && wantsQr && qrPayload === null)
    : state === after

export const attemptsOfInvoice = new Hono<{ Bindings: Resources }>().post(
  '/:id/attempts',
  describe('Pay an invoice; a live attempt is used again', { 202: Started }, ['not-found', 'conflict']),
  signedIn(),
  idempotent(),
  validate('param', v.strictObject({ id: Id })),
  validate('json', AttemptRequest),
  async (c) => {
    const what = { invoiceId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await startAttempt(c.env, payerOf(c.var.user), what), 202)
  },
)

export const attempts = new Hono<{ Bindings: Resources }>().get(
  '/:id',
  describe(
    'One own attempt; waits while there is nothing to show, or while the state is `after`',
    { 200: Attempt },
    ['not-found'],
  ),
  signedIn(),
  validate('param', v.strictObject({ id: Id })),
  validate('query', Waiting),
  async (c) => {
    const { sql } = c.env
    const { id } = c.req.valid('param')
    const { wait, after } = c.req.valid('query')
    const userId = payerOf(c.var.user)
    const read = async (): Promise<Row> => {
      const [attempt] = await sql<Row[]>`
        select id as attempt_id, invoice_id, state, pay_url, qr_payload, amount_kopecks, wants_qr
        from attempts where id = ${id} and user_id = ${userId}`
      if (!attempt) throw new Problem('not-found', 'No such attempt')
      return attempt
    }
    const { wantsQr: _, ...attempt } = await waitFor(wait, read, (row) => !isWaiting(row, after))
    return c.json(attempt)
  },
)
