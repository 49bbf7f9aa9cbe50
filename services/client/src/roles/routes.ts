import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { changeRole } from './change-role.ts'
import { createRole } from './create-role.ts'
import { RoleAnswer, RoleContent } from './role.ts'

export const roles = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('A new role of what the caller holds himself', { 201: RoleAnswer }, ['conflict']),
    may('role:manage'),
    idempotent(),
    validate('json', RoleContent),
    async (c) => c.json(await createRole(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .get(
    '/',
    describe('Roles in the order of their creation', { 200: PageOf(RoleAnswer) }),
    may('role:manage'),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { sql } = c.env
      const rows = await sql<RoleAnswer[]>`
        select role_id, name, permissions, includes, version from roles
        where ${cursor ? sql`role_id > ${cursor}` : sql`true`}
        order by role_id limit ${limit + 1}`
      return c.json(pageOf(rows, limit, ({ roleId }) => roleId))
    },
  )
  .put(
    '/:id',
    describe('Replaces what the role is', { 200: RoleAnswer }, ['not-found', 'conflict']),
    may('role:manage'),
    validate('param', v.strictObject({ id: Id })),
    validate('json', RoleContent),
    async (c) => {
      const change = { roleId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await changeRole(c.env, c.var.user, change))
    },
  )
