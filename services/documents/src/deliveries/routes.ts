import { may } from '@kontora/access'
import { describe, idempotent, PageOf, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { Delivery } from './delivery.ts'
import { readDeliveries } from './read-deliveries.ts'
import { retryDelivery } from './retry-delivery.ts'

const ById = v.strictObject({ id: Id })
const Retried = v.object({ deliveryId: Id, state: v.literal('waiting') })

export const documentDeliveries = new Hono<{ Bindings: Resources }>().get(
  '/:id/deliveries',
  describe('Where an accepted document has arrived, and why not', { 200: PageOf(Delivery) }, ['not-found']),
  may('document:review'),
  validate('param', ById),
  async (c) => {
    const { id } = c.req.valid('param')
    const [document] = await c.env.sql`select id from documents where id = ${id}`
    if (!document) throw new Problem('not-found', 'No such document')
    return c.json({ items: await readDeliveries(c.env.sql, { documentId: id, limit: 200 }) })
  },
)

export const deliveries = new Hono<{ Bindings: Resources }>().post(
  '/:id/retry',
  describe('Sends it again', { 200: Retried }, ['not-found', 'conflict']),
  may('document:deliver'),
  idempotent(),
  validate('param', ById),
  async (c) => c.json(await retryDelivery(c.env, c.var.user, { deliveryId: c.req.valid('param').id })),
)
