import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { retryExport } from './retry-export.ts'

const State = v.picklist(['waiting', 'exported', 'failed'])

/** `reasonText` is what 1С said, for the operator's eyes. */
const Export = v.object({
  id: Id,
  kind: v.picklist(['invoice', 'payment', 'refund']),
  state: State,
  attempts: v.number(),
  reasonCode: v.nullable(v.string()),
  reasonText: v.nullable(v.string()),
  createdAt: v.string(),
  exportedAt: v.nullable(v.string()),
})

type Row = Omit<v.InferOutput<typeof Export>, 'createdAt' | 'exportedAt'> & {
  createdAt: Date
  exportedAt: Date | null
}

export const exports = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('What is in 1С, what waits for it and what it refused', { 200: PageOf(Export) }),
    may('export:read'),
    validate('query', v.strictObject({ ...pageFields, state: v.optional(State) })),
    async (c) => {
      const { sql } = c.env
      const { state, limit, cursor } = c.req.valid('query')
      const rows = await sql<Row[]>`
        select id, kind, state, attempts, reason_code, reason_text, created_at, exported_at from exports
        where ${state ? sql`state = ${state}` : sql`true`} and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      const items = rows.map(({ createdAt, exportedAt, ...row }) => ({
        ...row,
        createdAt: createdAt.toISOString(),
        exportedAt: exportedAt?.toISOString() ?? null,
      }))
      return c.json(pageOf(items, limit, ({ id }) => id))
    },
  )
  .post(
    '/:id/retry',
    describe('Try again what 1С refused', { 202: v.object({ id: Id, state: State }) }, [
      'not-found',
      'conflict',
    ]),
    may('export:retry'),
    idempotent(),
    validate('param', v.strictObject({ id: Id })),
    async (c) => c.json(await retryExport(c.env, c.var.user, c.req.valid('param')), 202),
  )
