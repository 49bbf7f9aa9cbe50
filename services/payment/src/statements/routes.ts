import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { DateOnly, Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { takeFile } from '../take-file.ts'
import { ImportedStatement, importStatement } from './import-statement.ts'
import { readStatementFile } from './read-statement-file.ts'

const Statement = v.object({
  statementId: Id,
  fromDay: DateOnly,
  toDay: DateOnly,
  lines: v.number(),
  added: v.number(),
  changed: v.number(),
  gone: v.number(),
  importedBy: v.string(),
})

export const statements = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe(
      'Take in a bank statement: the body is the file `1CClientBankExchange` as the bank gave it',
      {
        201: ImportedStatement,
      },
      ['conflict'],
    ),
    may('statement:import'),
    takeFile(),
    idempotent(),
    async (c) => {
      const file = await readStatementFile(new Uint8Array(await c.req.arrayBuffer()))
      return c.json(await importStatement(c.env, c.var.user, file), 201)
    },
  )
  .get(
    '/',
    describe('The statements that were taken in, the newest first', { 200: PageOf(Statement) }),
    may('statement:read'),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor } = c.req.valid('query')
      const rows = await sql<v.InferOutput<typeof Statement>[]>`
        select id as statement_id, from_day::text as from_day, to_day::text as to_day, lines, added, changed, gone, imported_by
        from statements where ${cursor ? sql`id < ${cursor}` : sql`true`} order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows, limit, ({ statementId }) => statementId))
    },
  )
