import { signedIn, type User } from '@kontora/access'
import { describe, PageOf, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import { CodeTry } from '../codes/try-code.ts'
import { keepDevice } from '../devices/device-cookie.ts'
import { makeDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { endOwnSessions } from './end-own-sessions.ts'
import { notInBrowser } from './not-in-browser.ts'
import { personOf } from './person-of.ts'
import { type ListedSession, readSessions } from './read-sessions.ts'
import { signIn } from './sign-in.ts'

const SessionAnswer = v.object({
  id: Id,
  method: v.string(),
  signedInAt: v.string(),
  lastUsedAt: v.string(),
  expiresAt: v.string(),
  isThisOne: v.boolean(),
  device: v.nullable(v.string()),
  network: v.nullable(v.string()),
  country: v.nullable(v.string()),
})

export const signIns = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Sign in with the code from the letter; not in a browser', { 200: SignedIn }, [
    'not-signed-in',
    'too-many-requests',
  ]),
  notInBrowser(),
  validate('json', CodeTry),
  async (c) => {
    c.header('cache-control', 'no-store')
    const caller = await callerOf(c)
    const device = caller.device ?? (await makeDevice(c.env))
    const signedIn = await signIn(c.env, { ...caller, device }, c.req.valid('json'))
    await keepDevice(c, device)
    return c.json(signedIn)
  },
)

export const sessions = new Hono<{ Bindings: Resources; Variables: { user: User } }>()
  .get(
    '/',
    describe('My live sessions, the newest first', { 200: PageOf(SessionAnswer) }, ['forbidden']),
    signedIn(),
    validate('query', v.strictObject(pageFields)),
    async (c) => {
      const user = personOf(c.var.user)
      const { limit, cursor } = c.req.valid('query')
      const rows = await readSessions(c.env, user.id, { limit: limit + 1, cursor })
      const { items, ...next } = pageOf(rows, limit, ({ id }) => id)
      return c.json({ items: items.map((row) => answerOf(row, user)), ...next })
    },
  )
  .delete(
    '/all',
    describe('Sign me out everywhere, here too', { 204: null }, ['forbidden']),
    signedIn(),
    async (c) => {
      await endOwnSessions(c.env, personOf(c.var.user), 'all')
      return c.body(null, 204)
    },
  )
  .delete(
    '/others',
    describe('End my sessions but this one', { 204: null }, ['forbidden']),
    signedIn(),
    async (c) => {
      await endOwnSessions(c.env, personOf(c.var.user), 'others')
      return c.body(null, 204)
    },
  )
  .delete(
    '/:id',
    describe('End one of my sessions', { 204: null }, ['forbidden', 'not-found']),
    signedIn(),
    validate('param', v.strictObject({ id: Id })),
    async (c) => {
      await endOwnSessions(c.env, personOf(c.var.user), c.req.valid('param'))
      return c.body(null, 204)
    },
  )

const answerOf = ({ signedInAt, lastUsedAt, expiresAt, ...session }: ListedSession, user: User) => ({
  ...session,
  signedInAt: signedInAt.toISOString(),
  lastUsedAt: lastUsedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  isThisOne: session.id === user.sessionId,
})
