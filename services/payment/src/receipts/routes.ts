import { isAllowed, may, signedIn } from '@kontora/access'
import type { Sql } from '@kontora/postgres'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { payerOf } from '../payer.ts'
import type { Resources } from '../resources.ts'
import { recordReceipt, TillReceipt, Waiver, waiveReceipt } from './end-receipt.ts'
import { handOver } from './hand-over.ts'
import { Receipt, receiptStates } from './receipt.ts'
import { repeatReceipt } from './repeat-receipt.ts'

const OfId = v.strictObject({ id: Id })

/** `reason`: `bank` it failed at the till, `amount` it shows another sum, `no-contact`, `by-hand`, or the bank's code. */
const OperatorsReceipt = v.object({
  ...Receipt.entries,
  reason: v.nullable(v.string()),
  alarmedAt: v.nullable(v.string()),
})
const Changed = v.object({ receiptId: Id, state: v.picklist(receiptStates) })

type Dates = 'issuedAt' | 'expectedAt' | 'deliveredAt' | 'alarmedAt'
type Row = Omit<v.InferOutput<typeof OperatorsReceipt>, Dates> & {
  issuedAt: Date | null
  expectedAt: Date
  deliveredAt: Date | null
  alarmedAt: Date | null
}

const columns = (sql: Sql) => sql`
  id as receipt_id, kind, state, invoice_id, attempt_id, amount_kopecks, fiscal_drive_number, fiscal_document_number,
  fiscal_sign, ofd_url, issued_at, expected_at, delivered_at, reason, alarmed_at`

const forOperator = ({ issuedAt, expectedAt, deliveredAt, alarmedAt, ...receipt }: Row) => ({
  ...receipt,
  issuedAt: issuedAt?.toISOString() ?? null,
  expectedAt: expectedAt.toISOString(),
  deliveredAt: deliveredAt?.toISOString() ?? null,
  alarmedAt: alarmedAt?.toISOString() ?? null,
})

const forPayer = (row: Row) => {
  const { reason: _, alarmedAt: __, ...receipt } = forOperator(row)
  return receipt
}

export const receiptsOfInvoice = new Hono<{ Bindings: Resources }>()
  .get(
    '/:id/receipts',
    describe(
      "An invoice's fiscal receipts, with the link to the operator of fiscal data: of the own one, or of any with receipt:read",
      { 200: v.object({ items: v.array(Receipt) }) },
      ['not-found'],
    ),
    signedIn(),
    validate('param', OfId),
    async (c) => {
      const { sql, access } = c.env
      const { id } = c.req.valid('param')
      const any = await isAllowed(access, c.var.user, 'receipt:read')
      const [invoice] = await sql`
        select id from invoices where id = ${id} and ${any ? sql`true` : sql`user_id = ${payerOf(c.var.user)}`}`
      if (!invoice) throw new Problem('not-found', 'No such invoice')
      const rows = await sql<Row[]>`
        select ${columns(sql)} from receipts where invoice_id = ${id} and state <> 'void' order by expected_at, id`
      return c.json({ items: rows.map(forPayer) })
    },
  )
  .post(
    '/:id/hand-over',
    describe(
      'What was paid for has been handed over: its prepayments get their closing receipts',
      { 202: v.object({ invoiceId: Id, receipts: v.number() }) },
      ['not-found', 'conflict'],
    ),
    may('receipt:close'),
    idempotent(),
    validate('param', OfId),
    async (c) => c.json(await handOver(c.env, c.var.user, { invoiceId: c.req.valid('param').id }), 202),
  )

/** For whoever watches from outside: a number that should be 0, and since when the oldest waits. */
const Summary = v.object({
  expected: v.number(),
  sent: v.number(),
  error: v.number(),
  alarmed: v.number(),
  oldestExpectedAt: v.nullable(v.string()),
})

type Counts = Omit<v.InferOutput<typeof Summary>, 'oldestExpectedAt'> & { oldest: Date | null }

const Wanted = v.strictObject({
  ...pageFields,
  state: v.optional(v.picklist(receiptStates)),
  alarmed: v.optional(v.literal('true')),
})

export const receipts = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('Receipts, the newest first; `alarmed` are those that somebody must see to', {
      200: PageOf(OperatorsReceipt),
    }),
    may('receipt:read'),
    validate('query', Wanted),
    async (c) => {
      const { sql } = c.env
      const { state, alarmed, limit, cursor } = c.req.valid('query')
      const open = sql`state in ('expected', 'sent', 'error') and alarmed_at is not null`
      const rows = await sql<Row[]>`
        select ${columns(sql)} from receipts
        where ${state ? sql`state = ${state}` : sql`true`} and ${alarmed ? open : sql`true`}
          and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows.map(forOperator), limit, ({ receiptId }) => receiptId))
    },
  )
  .get(
    '/summary',
    describe('How many receipts are open, and how many of them somebody must see to', { 200: Summary }),
    may('receipt:read'),
    async (c) => {
      const [counts] = await c.env.sql<[Counts]>`
        select count(*) filter (where state = 'expected')::integer as expected,
          count(*) filter (where state = 'sent')::integer as sent,
          count(*) filter (where state = 'error')::integer as error,
          count(*) filter (where alarmed_at is not null)::integer as alarmed, min(expected_at) as oldest
        from receipts where state in ('expected', 'sent', 'error')`
      const { oldest, ...open } = counts
      return c.json({ ...open, oldestExpectedAt: oldest?.toISOString() ?? null })
    },
  )
  .post(
    '/:id/repeat',
    describe(
      'Ask the bank again: for a closing receipt anew, for any other how it stands',
      { 202: Changed },
      ['not-found', 'conflict'],
    ),
    may('receipt:repeat'),
    idempotent(),
    validate('param', OfId),
    async (c) => c.json(await repeatReceipt(c.env, c.var.user, { receiptId: c.req.valid('param').id }), 202),
  )
  .post(
    '/:id/record',
    describe('It has been made at a till by hand', { 200: Changed }, ['not-found', 'conflict']),
    may('receipt:record'),
    idempotent(),
    validate('param', OfId),
    validate('json', TillReceipt),
    async (c) => {
      const what = { receiptId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await recordReceipt(c.env, c.var.user, what))
    },
  )
  .post(
    '/:id/waive',
    describe('None is wanted after all', { 200: Changed }, ['not-found', 'conflict']),
    may('receipt:record'),
    idempotent(),
    validate('param', OfId),
    validate('json', Waiver),
    async (c) => {
      const what = { receiptId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await waiveReceipt(c.env, c.var.user, what))
    },
  )
