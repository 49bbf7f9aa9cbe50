import { may } from '@kontora/access'
import { describe, validate } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { Payment, PaymentKey } from './payment.ts'
import { readPayment } from './read-payment.ts'

export const payments = new Hono<{ Bindings: Resources }>().get(
  '/:key',
  describe(
    'Everything of one payment, by the id or number of its invoice, of an attempt (ours or the bank’s) or of a refund',
    { 200: Payment },
    ['not-found', 'conflict'],
  ),
  may('payment:read'),
  validate('param', v.strictObject({ key: PaymentKey })),
  async (c) => c.json(await readPayment(c.env.sql, c.req.valid('param').key)),
)
