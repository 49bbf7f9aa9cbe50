import { describe, Problem, validate } from '@kontora/service'
import { HeaderToken, Id } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import type { SberId } from '../sber-id/client.ts'
import { deviceOf } from '../tokens/device.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { LinkWish, linkIdentity } from './link-identity.ts'
import { sberLoginMs } from './sber-login.ts'
import { signInBySber } from './sign-in-by-sber.ts'
import { startSberLogin } from './start-sber-login.ts'

type Env = { Bindings: Resources }

const ToConfirm = v.object({ state: v.literal('confirm-address'), linkId: Id, linkSecret: v.string() })

/** Сбер ID writes it, so what it adds is borne. */
const Callback = v.object({
  state: HeaderToken(96),
  code: v.optional(HeaderToken(512)),
  error: v.optional(v.pipe(v.string(), v.maxLength(200))),
})

const sberIdOf = ({ env: { sberId } }: Context<Env>): SberId => {
  if (!sberId) throw new Problem('not-found', 'Sign-in by Сбер ID is not set up')
  if (!sberId.canAsk) throw new Problem('unavailable', 'Сбер ID cannot be asked from here')
  return sberId
}

const cookie = 'kontora-sber-id'

/** Bound to this host and to https by its name, except on a laptop. Lax: Сбер ID's redirect has to bring it back. */
const cookieOptions = ({ env: { secureCookies } }: Context<Env>) => ({
  httpOnly: true,
  sameSite: 'Lax' as const,
  path: '/',
  ...(secureCookies && { secure: true, prefix: 'host' as const }),
})

/** The secret is spent by its first use, so the cookie goes with it. */
const takeSecret = (c: Context<Env>): string | undefined => {
  const secret = c.env.secureCookies ? getCookie(c, cookie, 'host') : getCookie(c, cookie)
  deleteCookie(c, c.env.secureCookies ? `__Host-${cookie}` : cookie, {
    path: '/',
    secure: c.env.secureCookies,
  })
  return secret
}

const keepPrivate = (c: Context<Env>): void => {
  c.header('cache-control', 'no-store')
  c.header('referrer-policy', 'no-referrer')
}

export const sberIdLogins = new Hono<Env>()
  .get('/start', describe('Sends the browser to Сбер ID', { 303: null }, ['not-found']), async (c) => {
    const { url, browserSecret } = await startSberLogin(c.env, sberIdOf(c))
    setCookie(c, cookie, browserSecret, { ...cookieOptions(c), maxAge: sberLoginMs / 1000 })
    keepPrivate(c)
    return c.redirect(url, 303)
  })
  .get(
    '/callback',
    describe(
      'The browser is back from Сбер ID: signed in, or an address to confirm',
      {
        200: v.union([SignedIn, ToConfirm]),
      },
      ['not-signed-in', 'not-found', 'conflict'],
    ),
    validate('query', Callback),
    async (c) => {
      const sberId = sberIdOf(c)
      const { state, code } = c.req.valid('query')
      const device = await deviceOf(c.env, c.req.header('user-agent'))
      keepPrivate(c)
      return c.json(await signInBySber(c.env, sberId, device, { browserSecret: takeSecret(c), state, code }))
    },
  )
  .post(
    '/link',
    describe('Joins a Сбер ID to the person who holds a fresh code, and signs in', { 200: SignedIn }, [
      'not-signed-in',
      'not-found',
      'conflict',
    ]),
    validate('json', LinkWish),
    async (c) => {
      const device = await deviceOf(c.env, c.req.header('user-agent'))
      keepPrivate(c)
      return c.json(await linkIdentity(c.env, sberIdOf(c), device, c.req.valid('json')))
    },
  )
