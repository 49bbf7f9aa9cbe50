import { describe, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { askForCode, CodeWish } from './ask-for-code.ts'

const AskedAnswer = v.object({
  flowId: Id,
  flowSecret: v.string(),
  expiresAt: v.string(),
  resendAfterSeconds: v.number(),
})

export const codes = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Have a sign-in code sent; the answer is the same for every address', { 202: AskedAnswer }, [
    'too-many-requests',
  ]),
  validate('json', CodeWish),
  async (c) => {
    c.header('cache-control', 'no-store')
    const { expiresAt, ...asked } = await askForCode(c.env, c.req.valid('json'))
    return c.json({ ...asked, expiresAt: expiresAt.toISOString() }, 202)
  },
)
