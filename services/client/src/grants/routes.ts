import { may } from '@kontora/access'
import { describe, idempotent, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { readUser } from '../users/read-users.ts'
import { GrantAnswer, NewGrant } from './grant.ts'
import { grantRole } from './grant-role.ts'
import { revokeGrant } from './revoke-grant.ts'

const OfUser = v.strictObject({ id: Id })

export const grants = new Hono<{ Bindings: Resources }>()
  .post(
    '/:id/grants',
    describe(
      'Gives a role, in a scope and until a time if these are named',
      { 201: v.object({ grantId: Id }) },
      ['not-found', 'conflict'],
    ),
    may('grant:manage'),
    idempotent(),
    validate('param', OfUser),
    validate('json', NewGrant),
    async (c) => {
      const grant = { userId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await grantRole(c.env, c.var.user, grant), 201)
    },
  )
  .get(
    '/:id/grants',
    describe('What this person has', { 200: v.object({ items: v.array(GrantAnswer) }) }, ['not-found']),
    may('grant:manage'),
    validate('param', OfUser),
    async (c) => {
      const { userId } = await readUser(c.env.sql, c.req.valid('param').id)
      const items = await c.env.sql`
        select grant_id, role_id, scope, expires_at from grants where user_id = ${userId} order by grant_id`
      return c.json({ items })
    },
  )
  .delete(
    '/:id/grants/:grantId',
    describe('Takes a role back', { 204: null }, ['not-found', 'conflict']),
    may('grant:manage'),
    validate('param', v.strictObject({ id: Id, grantId: Id })),
    async (c) => {
      const { id, grantId } = c.req.valid('param')
      await revokeGrant(c.env, c.var.user, { userId: id, grantId })
      return c.body(null, 204)
    },
  )
