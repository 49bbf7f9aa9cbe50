import { may } from '@kontora/access'
import { describe, idempotent, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { HoldMove, moveStates } from './hold-move.ts'
import { CaptureRequest, ReleaseRequest, requestMove } from './request-move.ts'

const OfAttempt = v.strictObject({ id: Id })
const Requested = v.object({ moveId: Id, attemptId: Id, state: v.picklist(moveStates) })

/** What an operator does with money that is held. */
export const holds = new Hono<{ Bindings: Resources }>()
  .post(
    '/:id/capture',
    describe('Take what is held, in whole or in part; the rest goes back', { 202: Requested }, [
      'not-found',
      'conflict',
    ]),
    may('payment:capture'),
    idempotent(),
    validate('param', OfAttempt),
    validate('json', CaptureRequest),
    async (c) => {
      const move = { kind: 'capture' as const, attemptId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await requestMove(c.env, c.var.user, move), 202)
    },
  )
  .post(
    '/:id/release',
    describe('Let go what is held', { 202: Requested }, ['not-found', 'conflict']),
    may('payment:capture'),
    idempotent(),
    validate('param', OfAttempt),
    validate('json', ReleaseRequest),
    async (c) => {
      const move = { kind: 'release' as const, attemptId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await requestMove(c.env, c.var.user, move), 202)
    },
  )
  .get(
    '/:id/moves',
    describe('What was asked of a hold, the newest first', { 200: v.object({ items: v.array(HoldMove) }) }, [
      'not-found',
    ]),
    may('payment:capture'),
    validate('param', OfAttempt),
    async (c) => {
      const { id } = c.req.valid('param')
      const [attempt] = await c.env.sql`select id from attempts where id = ${id}`
      if (!attempt) throw new Problem('not-found', 'No such attempt')
      const items = await c.env.sql<v.InferOutput<typeof HoldMove>[]>`
        select id as move_id, attempt_id, kind, amount_kopecks, state, failure from hold_moves
        where attempt_id = ${id} order by requested_at desc, id desc`
      return c.json({ items: [...items] })
    },
  )
