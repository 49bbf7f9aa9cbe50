import { isAllowed, may, signedIn } from '@kontora/access'
import { describe, idempotent, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { payerOf } from '../payer.ts'
import type { Resources } from '../resources.ts'
import { WaitSeconds, waitFor } from '../wait.ts'
import { Refund, refundStates } from './refund.ts'
import { RefundRequest, requestRefund } from './request-refund.ts'

const Requested = v.object({ refundId: Id, state: v.picklist(refundStates) })

export const refunds = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Give money back', { 202: Requested }, ['not-found', 'conflict']),
    may('payment:refund'),
    idempotent(),
    validate('json', RefundRequest),
    async (c) => c.json(await requestRefund(c.env, c.var.user, c.req.valid('json')), 202),
  )
  .get(
    '/:id',
    describe(
      'One refund: the own one, or any with payment:refund; waits while it is under way',
      { 200: Refund },
      ['not-found'],
    ),
    signedIn(),
    validate('param', v.strictObject({ id: Id })),
    validate('query', v.strictObject({ wait: WaitSeconds })),
    async (c) => {
      const { sql, access } = c.env
      const { id } = c.req.valid('param')
      const any = await isAllowed(access, c.var.user, 'payment:refund')
      const userId = any ? null : payerOf(c.var.user)
      const read = async () => {
        const [refund] = await sql<v.InferOutput<typeof Refund>[]>`
          select id as refund_id, attempt_id, invoice_id, state, amount_kopecks, failure from refunds
          where id = ${id} and ${userId ? sql`user_id = ${userId}` : sql`true`}`
        if (!refund) throw new Problem('not-found', 'No such refund')
        return refund
      }
      const isEnded = ({ state }: { state: string }) => state === 'settled' || state === 'failed'
      return c.json(await waitFor(c.req.valid('query').wait, read, isEnded))
    },
  )
