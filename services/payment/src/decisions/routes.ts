import { may } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id, Kopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { AttemptDecision, decideAttempt } from './decide-attempt.ts'
import { decideMove, MoveDecision } from './decide-move.ts'
import { Decision, decideRefund } from './decide-refund.ts'
import { readAttention } from './read-attention.ts'

const OfOne = v.strictObject({ id: Id })
const Decided = v.object({ outcome: v.picklist(['settled', 'failed']) })
const refusals = ['not-found', 'conflict'] as const

export const attemptDecisions = new Hono<{ Bindings: Resources }>().post(
  '/:id/decision',
  describe('Say what became of an attempt in quarantine', { 200: Decided }, [...refusals]),
  may('payment:decide'),
  idempotent(),
  validate('param', OfOne),
  validate('json', AttemptDecision),
  async (c) => c.json(await decideAttempt(c.env, c.var.user, c.req.valid('param').id, c.req.valid('json'))),
)

export const refundDecisions = new Hono<{ Bindings: Resources }>().post(
  '/:id/decision',
  describe('Say what became of an unknown refund', { 200: Decided }, [...refusals]),
  may('payment:decide'),
  idempotent(),
  validate('param', OfOne),
  validate('json', Decision),
  async (c) => c.json(await decideRefund(c.env, c.var.user, c.req.valid('param').id, c.req.valid('json'))),
)

export const moveDecisions = new Hono<{ Bindings: Resources }>().post(
  '/:id/decision',
  describe('Give up an unknown move of a hold', { 200: Decided }, [...refusals]),
  may('payment:decide'),
  idempotent(),
  validate('param', OfOne),
  validate('json', MoveDecision),
  async (c) => c.json(await decideMove(c.env, c.var.user, c.req.valid('param').id, c.req.valid('json'))),
)

const Waiting = v.object({
  items: v.array(
    v.object({
      subject: v.picklist(['attempt', 'refund', 'hold-move']),
      id: Id,
      attemptId: Id,
      amountKopecks: v.nullable(Kopecks),
      reason: v.nullable(v.string()),
      since: v.string(),
    }),
  ),
})
export const attention = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('What waits for a person: attempts in quarantine, unknown refunds and moves', { 200: Waiting }),
  may('payment:read'),
  async (c) => {
    const rows = await readAttention(c.env.sql)
    return c.json({ items: rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() })) })
  },
)
