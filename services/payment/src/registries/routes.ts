import { may } from '@kontora/access'
import { describe, idempotent, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { DateOnly, Id, SignedKopecks } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { takeFile } from '../take-file.ts'
import { ImportedRegistry, importRegistry } from './import-registry.ts'
import { readRegistryFile } from './read-registry-file.ts'

const Payout = v.object({
  payoutId: Id,
  number: v.string(),
  paidOn: DateOnly,
  grossKopecks: SignedKopecks,
  commissionKopecks: SignedKopecks,
  netKopecks: SignedKopecks,
  /** The line of a statement by which it came. */
  transferId: v.nullable(Id),
})

export const registries = new Hono<{ Bindings: Resources }>()
  .post(
    '/',
    describe(
      "Take in the bank's registry of card and SBP operations: the body is the file as the bank gave it",
      {
        201: ImportedRegistry,
      },
    ),
    may('registry:import'),
    takeFile(),
    idempotent(),
    async (c) => {
      const bytes = new Uint8Array(await c.req.arrayBuffer())
      const file = await readRegistryFile(bytes, c.env.registryFormat)
      return c.json(await importRegistry(c.env, c.var.user, file), 201)
    },
  )
  .get(
    '/payouts',
    describe('What the bank says it has paid for operations, the newest first', { 200: PageOf(Payout) }),
    may('registry:read'),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const { sql } = c.env
      const { limit, cursor } = c.req.valid('query')
      const rows = await sql<v.InferOutput<typeof Payout>[]>`
        select id as payout_id, number, paid_on::text as paid_on, gross_kopecks, commission_kopecks, net_kopecks, transfer_id
        from payouts where ${cursor ? sql`id < ${cursor}` : sql`true`} order by id desc limit ${limit + 1}`
      return c.json(pageOf(rows, limit, ({ payoutId }) => payoutId))
    },
  )
