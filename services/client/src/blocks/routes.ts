import { may } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { State } from '../users/user.ts'
import { BlockReason, blockUser } from './block-user.ts'
import { unblockUser } from './unblock-user.ts'

const Standing = v.object({ userId: Id, state: State })
const OfUser = v.strictObject({ id: Id })

export const blocks = new Hono<{ Bindings: Resources }>()
  .post(
    '/:id/block',
    describe('Ends all that this person may, at once', { 200: Standing }, ['not-found', 'conflict']),
    may('user:block'),
    idempotent(),
    validate('param', OfUser),
    validate('json', BlockReason),
    async (c) => {
      const block = { userId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await blockUser(c.env, c.var.user, block))
    },
  )
  .post(
    '/:id/unblock',
    describe('Lets this person sign in again; older tokens stay refused', { 200: Standing }, ['not-found']),
    may('user:block'),
    idempotent(),
    validate('param', OfUser),
    async (c) => c.json(await unblockUser(c.env, c.var.user, { userId: c.req.valid('param').id })),
  )
