import { may } from '@kontora/access'
import { describe, idempotent, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { DateOnly, Id, Kopecks, ZeroOrMoreKopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { matchTransfer, TransferMatch } from './match-transfer.ts'
import { transferKinds } from './transfer-kind.ts'
import { TransferUnmatch, unmatchTransfer } from './unmatch-transfer.ts'

const State = v.picklist(['unidentified', 'matched', 'booked'])
const Direction = v.picklist(['in', 'out'])
const Kind = v.picklist(transferKinds)

const Transfer = v.object({
  transferId: Id,
  direction: Direction,
  kind: Kind,
  state: State,
  bookedOn: DateOnly,
  amountKopecks: Kopecks,
  matchedKopecks: ZeroOrMoreKopecks,
  /** Why the rules left it to a person. */
  reason: v.nullable(v.string()),
  /** A later statement of its day had it no more. */
  gone: v.boolean(),
})

const Match = v.object({
  matchId: Id,
  invoiceId: Id,
  amountKopecks: Kopecks,
  appliedKopecks: ZeroOrMoreKopecks,
  fit: v.picklist(['exact', 'partial', 'over']),
  rule: v.string(),
  matchedBy: v.string(),
  reason: v.nullable(v.string()),
  unmatchedBy: v.nullable(v.string()),
})

/** What the bank says of who paid, and what for: null when it was erased. */
const Details = v.nullable(
  v.object({
    number: v.string(),
    documentDay: DateOnly,
    partyInn: v.nullable(v.string()),
    partyName: v.nullable(v.string()),
    partyAccount: v.string(),
    purpose: v.string(),
  }),
)

const WholeTransfer = v.object({ ...Transfer.entries, details: Details, matches: v.array(Match) })
const OfTransfer = v.strictObject({ id: Id })
const Moved = v.object({ transferId: Id, state: State })

const columns = (sql: Resources['sql']) => sql`
  id as transfer_id, direction, kind, state, booked_on::text as booked_on, amount_kopecks, matched_kopecks, reason,
  gone_at is not null as gone`

type Row = v.InferOutput<typeof Transfer>

export const transfers = new Hono<{ Bindings: Resources }>()
  .get(
    '/',
    describe('Lines of bank statements, the newest first', { 200: PageOf(Transfer) }),
    may('transfer:read'),
    validate(
      'query',
      v.strictObject({
        ...pageFields,
        state: v.optional(State),
        kind: v.optional(Kind),
        direction: v.optional(Direction),
        day: v.optional(DateOnly),
      }),
    ),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor, state, kind, direction, day } = c.req.valid('query')
      const rows = await sql<Row[]>`
        select ${columns(sql)} from transfers
        where ${state ? sql`state = ${state}` : sql`true`} and ${kind ? sql`kind = ${kind}` : sql`true`}
          and ${direction ? sql`direction = ${direction}` : sql`true`}
          and ${day ? sql`booked_on = ${day}` : sql`true`} and ${cursor ? sql`id < ${cursor}` : sql`true`}
        order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows, limit, ({ transferId }) => transferId))
    },
  )
  .get(
    '/:id',
    describe('One line with what the bank says of it and what it was matched to', { 200: WholeTransfer }, [
      'not-found',
    ]),
    may('transfer:read'),
    validate('param', OfTransfer),
    async (c) => {
      const { sql } = c.env
      const { id } = c.req.valid('param')
      const [transfer] = await sql<Row[]>`select ${columns(sql)} from transfers where id = ${id}`
      if (!transfer) throw new Problem('not-found', 'No such transfer')
      const [details = null] = await sql<NonNullable<v.InferOutput<typeof Details>>[]>`
        select number, document_day::text as document_day, party_inn, party_name, party_account, purpose
        from transfer_details where transfer_id = ${id}`
      const matches = await sql<v.InferOutput<typeof Match>[]>`
        select id as match_id, invoice_id, amount_kopecks, applied_kopecks, fit, rule, matched_by, reason, unmatched_by
        from transfer_matches where transfer_id = ${id} order by id`
      return c.json({ ...transfer, details, matches: [...matches] })
    },
  )
  .post(
    '/:id/match',
    describe('Say for which invoice a transfer is', { 200: Moved }, ['not-found', 'conflict']),
    may('payment:match'),
    idempotent(),
    validate('param', OfTransfer),
    validate('json', TransferMatch),
    async (c) => {
      const what = { transferId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await matchTransfer(c.env, c.var.user, what))
    },
  )
  .post(
    '/:id/unmatch',
    describe('Take back what a transfer was matched to', { 200: Moved }, ['not-found', 'conflict']),
    may('payment:match'),
    idempotent(),
    validate('param', OfTransfer),
    validate('json', TransferUnmatch),
    async (c) => {
      const what = { transferId: c.req.valid('param').id, ...c.req.valid('json') }
      return c.json(await unmatchTransfer(c.env, c.var.user, what))
    },
  )
