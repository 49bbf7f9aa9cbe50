import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { askComparison } from './ask-comparison.ts'
import { BaseChange, changeBase } from './change-base.ts'
import { Base, readBase } from './read-base.ts'
import { Comparison, ListedDifference, readComparison, readDifferences } from './read-comparisons.ts'

const Waiting = v.object({ comparisonId: Id, state: v.literal('waiting') })

/** The 1С base itself: whether we send to it, and whether it still has what we sent. */
export const oneCBase = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('How the 1С base is doing, and how much waits for it', { 200: Base }),
    may('export:read'),
    async (c) => c.json(await readBase(c.env.sql)),
  )
  .post(
    '/',
    describe('Stop sending to 1С, or go on', { 200: BaseChange }),
    may('export:pause'),
    idempotent(),
    validate('json', BaseChange),
    async (c) => c.json(await changeBase(c.env, c.var.user, c.req.valid('json'))),
  )
  .get(
    '/differences',
    describe('What 1С has otherwise than we sent it, the newest first', { 200: PageOf(ListedDifference) }),
    may('export:read'),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const items = await readDifferences(c.env.sql, limit + 1, cursor)
      return c.json(pageOf(items, limit, ({ documentId }) => documentId))
    },
  )
  .post(
    '/comparisons',
    describe('Compare our documents of the last three days with 1С', { 202: Waiting }),
    may('export:retry'),
    idempotent(),
    async (c) => c.json(await askComparison(c.env, c.var.user), 202),
  )
  .get(
    '/comparisons/:id',
    describe('How a comparison ended', { 200: Comparison }, ['not-found']),
    may('export:read'),
    validate('param', v.strictObject({ id: Id })),
    async (c) => c.json(await readComparison(c.env.sql, c.req.valid('param').id)),
  )
