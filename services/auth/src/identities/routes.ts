import { describe, validate } from '@kontora/service'
import { HeaderToken, Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { refusalPage } from './callback-page.ts'
import { LinkWish, linkIdentity } from './link-identity.ts'
import { giveSecret, keepPrivate, sberIdOf, takeSecret } from './login-cookie.ts'
import { signInBySber } from './sign-in-by-sber.ts'
import { startSberLogin } from './start-sber-login.ts'

type Env = { Bindings: Resources }

const ToConfirm = v.object({ state: v.literal('confirm-address'), linkId: Id, linkSecret: v.string() })

const Linked = v.object({ state: v.literal('linked') })

/** Сбер ID writes it, so what it adds is borne. */
const Callback = v.object({
  state: HeaderToken(96),
  code: v.optional(HeaderToken(512)),
  error: v.optional(v.pipe(v.string(), v.maxLength(200))),
})

export const sberIdLogins = new Hono<Env>()
  .get(
    '/start',
    describe('Sends the browser to Сбер ID', { 303: null }, ['not-found', 'unavailable']),
    async (c) => {
      const { url, browserSecret } = await startSberLogin(c.env, sberIdOf(c))
      giveSecret(c, browserSecret)
      return c.redirect(url, 303)
    },
  )
  .get(
    '/callback',
    describe(
      'The browser is back from Сбер ID: signed in, linked, or an address to confirm',
      { 200: v.union([SignedIn, ToConfirm, Linked]) },
      ['not-signed-in', 'not-found', 'conflict', 'unavailable'],
    ),
    refusalPage(),
    validate('query', Callback),
    async (c) => {
      const sberId = sberIdOf(c)
      const caller = await callerOf(c)
      keepPrivate(c)
      const back = { browserSecret: takeSecret(c), code: undefined, ...c.req.valid('query') }
      return c.json(await signInBySber(c.env, sberId, caller, back))
    },
  )
  .post(
    '/link',
    describe('Joins a Сбер ID to the person who holds a fresh code, and signs in', { 200: SignedIn }, [
      'not-signed-in',
      'not-found',
      'conflict',
      'unavailable',
    ]),
    validate('json', LinkWish),
    async (c) => {
      const caller = await callerOf(c)
      keepPrivate(c)
      return c.json(await linkIdentity(c.env, sberIdOf(c), caller, c.req.valid('json')))
    },
  )
