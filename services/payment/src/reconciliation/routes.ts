import { may } from '@kontora/access'
import type { Sql } from '@kontora/postgres'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { DateOnly, Id, SignedKopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { differenceTypes, subjectKinds } from './difference.ts'
import { Explanation, explainDifference } from './explain-difference.ts'
import { reconcileDay } from './reconcile-day.ts'

const Reconciliation = v.object({
  reconciliationId: Id,
  day: DateOnly,
  differences: v.number(),
  checked: v.record(v.string(), v.number()),
  madeBy: v.string(),
  madeAt: v.string(),
})
const Reconciled = v.object({
  reconciliationId: Id,
  day: DateOnly,
  differences: v.number(),
  /** Those that were not there before. */
  found: v.number(),
})

const Difference = v.object({
  differenceId: Id,
  day: v.nullable(DateOnly),
  type: v.picklist(differenceTypes),
  subjectKind: v.picklist(subjectKinds),
  subject: v.string(),
  expectedKopecks: v.nullable(SignedKopecks),
  actualKopecks: v.nullable(SignedKopecks),
  foundAt: v.string(),
  isGone: v.boolean(),
  explainedBy: v.nullable(v.string()),
  explanation: v.nullable(v.string()),
})

type ReconciliationRow = Omit<v.InferOutput<typeof Reconciliation>, 'madeAt'> & { madeAt: Date }
type DifferenceRow = Omit<v.InferOutput<typeof Difference>, 'foundAt'> & { foundAt: Date }

const reconciliationColumns = (sql: Sql) => sql`
  id as reconciliation_id, day::text as day, differences, checked, made_by, made_at`

const answerOf = ({ madeAt, ...row }: ReconciliationRow) => ({ ...row, madeAt: madeAt.toISOString() })

export const reconciliations = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe('Prove of one day that the bank and the ledger agree', { 201: Reconciled }),
    may('reconciliation:run'),
    idempotent(),
    validate('json', v.strictObject({ day: DateOnly })),
    async (c) => c.json(await reconcileDay(c.env, c.var.user, c.req.valid('json')), 201),
  )
  .get(
    '/',
    describe('The proofs that were made, the newest first', { 200: PageOf(Reconciliation) }),
    may('reconciliation:read'),
    validate('query', v.strictObject({ ...pageFields, day: v.optional(DateOnly) })),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor, day } = c.req.valid('query')
      const rows = await sql<ReconciliationRow[]>`
        select ${reconciliationColumns(sql)} from reconciliations
        where ${day ? sql`day = ${day}` : sql`true`} and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows.map(answerOf), limit, ({ reconciliationId }) => reconciliationId))
    },
  )
  .get(
    '/:id',
    describe('One proof', { 200: Reconciliation }, ['not-found']),
    may('reconciliation:read'),
    validate('param', v.strictObject({ id: Id })),
    async (c) => {
      const { sql } = c.env
      const [row] = await sql<ReconciliationRow[]>`
        select ${reconciliationColumns(sql)} from reconciliations where id = ${c.req.valid('param').id}`
      if (!row) throw new Problem('not-found', 'No such reconciliation')
      return c.json(answerOf(row))
    },
  )

export const differences = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('Where the bank and the ledger differ: what is open, or all of it', { 200: PageOf(Difference) }),
    may('reconciliation:read'),
    validate(
      'query',
      v.strictObject({
        ...pageFields,
        day: v.optional(DateOnly),
        type: v.optional(v.picklist(differenceTypes)),
        all: v.optional(v.picklist(['true', 'false'])),
      }),
    ),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor, day, type, all } = c.req.valid('query')
      const rows = await sql<DifferenceRow[]>`
        select id as difference_id, day::text as day, type, subject_kind, subject, expected_kopecks, actual_kopecks,
          found_at, gone_at is not null as is_gone, explained_by, explanation
        from differences
        where ${all === 'true' ? sql`true` : sql`gone_at is null and explained_at is null`}
          and ${day ? sql`day = ${day}` : sql`true`} and ${type ? sql`type = ${type}` : sql`true`}
          and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      const items = rows.map(({ foundAt, ...row }) => ({ ...row, foundAt: foundAt.toISOString() }))
      return c.json(pageOf(items, limit, ({ differenceId }) => differenceId))
    },
  )
  .post(
    '/:id/explain',
    describe(
      'Say what a difference is about; it raises no alarm any more',
      {
        200: v.object({ differenceId: Id }),
      },
      ['not-found', 'conflict'],
    ),
    may('reconciliation:explain'),
    idempotent(),
    validate('param', v.strictObject({ id: Id })),
    validate('json', Explanation),
    async (c) => {
      const what = { differenceId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await explainDifference(c.env, c.var.user, what))
    },
  )
