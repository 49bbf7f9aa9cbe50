import { signedIn, type User } from '@kontora/access'
import { describe, PageOf, Problem, pageFields, pageOf, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import { CodeTry } from '../codes/try-code.ts'
import { keepDevice } from '../devices/device-cookie.ts'
import { makeDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { deviceOf } from '../tokens/device.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { endSession } from './end-session.ts'
import { notInBrowser } from './not-in-browser.ts'
import { personOf } from './person-of.ts'
import { signIn } from './sign-in.ts'

const SessionAnswer = v.object({
  id: Id,
  method: v.string(),
  signedInAt: v.string(),
  lastUsedAt: v.string(),
  expiresAt: v.string(),
  isThisOne: v.boolean(),
})

type Row = { id: string; method: string; signedInAt: Date; rotatedAt: Date; expiresAt: Date }

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
    const agentHash = await deviceOf(c.env, c.req.header('user-agent'))
    const caller = await callerOf(c)
    const device = caller.device ?? (await makeDevice(c.env))
    const signedIn = await signIn(c.env, { agentHash, device, network: caller.network }, c.req.valid('json'))
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
      const rows = await c.env.sql<Row[]>`
        select id, method, signed_in_at, rotated_at, expires_at from sessions
        where user_id = ${user.id} and ended_at is null and expires_at > ${c.env.now()}
          and (${cursor ?? null}::uuid is null or id < ${cursor ?? null})
        order by id desc limit ${limit + 1}`
      const { items, ...next } = pageOf(rows, limit, ({ id }) => id)
      return c.json({ items: items.map((row) => answerOf(row, user)), ...next })
    },
  )
  .delete(
    '/:id',
    describe('End one of my sessions', { 204: null }, ['forbidden', 'not-found']),
    signedIn(),
    validate('param', v.strictObject({ id: Id })),
    async (c) => {
      const { id } = c.req.valid('param')
      const [own] = await c.env.sql`
        select id from sessions where id = ${id} and user_id = ${personOf(c.var.user).id}`
      if (!own) throw new Problem('not-found', 'No such session')
      await endSession(c.env, id)
      return c.body(null, 204)
    },
  )

const answerOf = ({ id, method, signedInAt, rotatedAt, expiresAt }: Row, user: User) => ({
  id,
  method,
  signedInAt: signedInAt.toISOString(),
  lastUsedAt: rotatedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  isThisOne: id === user.sessionId,
})
