import { may } from '@kontora/access'
import { describe, PageOf, pageOf, validate } from '@kontora/service'
import { Id, PageLimit } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'

const Position = v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/, 'a cursor of this list'), v.transform(Number))

const AuditQuery = v.strictObject({
  userId: v.optional(Id),
  limit: PageLimit,
  cursor: v.optional(Position),
})

const AuditEntry = v.object({
  entryId: Id,
  action: v.string(),
  subject: Id,
  who: v.string(),
  at: v.string(),
  traceId: v.nullable(v.string()),
  details: v.record(v.string(), v.unknown()),
  personalHashes: v.record(v.string(), v.string()),
})
type Row = Omit<v.InferOutput<typeof AuditEntry>, 'at'> & { position: number; at: Date }

export const audit = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('What was changed by whom, the latest first; of personal values only salted hashes', {
    200: PageOf(AuditEntry),
  }),
  may('audit:read'),
  validate('query', AuditQuery),
  async (c) => {
    const { userId, limit, cursor } = c.req.valid('query')
    const { sql } = c.env
    const rows = await sql<Row[]>`
      select position, entry_id, action, subject, who, at, trace_id, details, personal_hashes
      from audit
      where ${userId ? sql`subject = ${userId}` : sql`true`} and ${cursor ? sql`position < ${cursor}` : sql`true`}
      order by position desc limit ${limit + 1}`
    const { items, ...next } = pageOf(rows, limit, ({ position }) => String(position))
    return c.json({ items: items.map(({ position: _, ...entry }) => entry), ...next })
  },
)
