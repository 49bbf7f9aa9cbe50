import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id, Name } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { LeftOut, leaveOutExport } from './leave-out-export.ts'
import { ExportState, ListedExport, readExports } from './read-exports.ts'
import { retryExport } from './retry-export.ts'
import { ExportsToRetry, retryExports } from './retry-exports.ts'

const OfExport = v.strictObject({ id: Id })
const Changed = v.object({ id: Id, state: ExportState })

export const exports = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('What is in 1С, what waits for it and what it refused', { 200: PageOf(ListedExport) }),
    may('export:read'),
    validate(
      'query',
      v.strictObject({
        ...pageFields,
        state: v.optional(ExportState),
        reasonCode: v.optional(Name(100)),
        invoiceId: v.optional(Id),
      }),
    ),
    async (c) => {
      const { limit, ...wanted } = c.req.valid('query')
      const items = await readExports(c.env.sql, { ...wanted, limit: limit + 1 })
      return c.json(pageOf(items, limit, ({ id }) => id))
    },
  )
  .post(
    '/retry',
    describe('Try again all that 1С refused for one reason', { 202: v.object({ retried: v.number() }) }),
    may('export:retry'),
    idempotent(),
    validate('json', ExportsToRetry),
    async (c) => c.json(await retryExports(c.env, c.var.user, c.req.valid('json')), 202),
  )
  .post(
    '/:id/retry',
    describe('Try again what 1С refused', { 202: Changed }, ['not-found', 'conflict']),
    may('export:retry'),
    idempotent(),
    validate('param', OfExport),
    async (c) => c.json(await retryExport(c.env, c.var.user, c.req.valid('param')), 202),
  )
  .post(
    '/:id/leave-out',
    describe('Never send it: the accountant has entered it by hand', { 200: Changed }, [
      'not-found',
      'conflict',
    ]),
    may('export:retry'),
    idempotent(),
    validate('param', OfExport),
    validate('json', LeftOut),
    async (c) => {
      const what = { ...c.req.valid('param'), ...c.req.valid('json') }
      return c.json(await leaveOutExport(c.env, c.var.user, what))
    },
  )
