import { describe, describes, parseInput, rateLimitHeaders, validate } from '@kontora/service'
import { HeaderToken, Id } from '@kontora/validation'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { askForCode, CodeWish } from './ask-for-code.ts'

export const AskedAnswer = v.object({
  flowId: Id,
  flowSecret: v.string(),
  expiresAt: v.string(),
  resendAfterSeconds: v.number(),
})

const KeyHeader = v.object({ 'Idempotency-Key': v.optional(HeaderToken(255)) })

/** Not `idempotent()`: nobody is signed in, and the answer holds a secret, which is derived again and never kept. */
export const repeatable = () =>
  describes(
    createMiddleware<{ Variables: { key: string | undefined } }>(async (c, next) => {
      const given = parseInput(KeyHeader, { 'Idempotency-Key': c.req.header('idempotency-key') }, 'header')
      c.set('key', given['Idempotency-Key'])
      await next()
    }),
    {
      headers: {
        'Idempotency-Key': { about: 'Hard to guess; a repeat with it gets the same flow', required: false },
      },
      problems: ['invalid-input'],
    },
  )

export const codes = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Have a sign-in code sent; the answer is the same for every address', { 202: AskedAnswer }, [
    'too-many-requests',
  ]),
  repeatable(),
  validate('json', CodeWish),
  async (c) => {
    c.header('cache-control', 'no-store')
    const { expiresAt, rateLimits, ...asked } = await askForCode(c.env, c.req.valid('json'), {
      key: c.var.key,
      ...(await callerOf(c)),
    })
    const body = { ...asked, expiresAt: expiresAt.toISOString() }
    return c.json(body, 202, rateLimitHeaders(rateLimits))
  },
)
