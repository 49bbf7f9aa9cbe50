import { describe, validate } from '@kontora/service'
import { isPerson } from '@kontora/service/pages'
import { HeaderToken, Id } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { readAuthorization } from '../authorize/authorization-request.ts'
import { callerOf } from '../budgets/caller.ts'
import { landAfterSber } from '../pages/land-after-sber.ts'
import { keepProgress, readProgress } from '../pages/progress.ts'
import type { Resources } from '../resources.ts'
import { isBrowser, notInBrowser } from '../sessions/not-in-browser.ts'
import { deviceOf } from '../tokens/device.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { refusalPage } from './callback-page.tsx'
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

/** The page hands on its own request, so that the browser comes back to the application that waits. */
const noteWhoWaits = async (c: Context<Env>): Promise<void> => {
  const { search } = new URL(c.req.url)
  const { back: _, ...progress } = await readProgress(c)
  if (c.req.query('client_id') === undefined) {
    if (_ !== undefined) await keepProgress(c, progress)
    return
  }
  readAuthorization(search, c.env.browserClients)
  await keepProgress(c, { ...progress, back: search })
}

export const sberIdLogins = new Hono<Env>()
  .get(
    '/start',
    describe('Sends the browser to Сбер ID', { 303: null }, ['invalid-input', 'not-found', 'unavailable']),
    refusalPage(),
    async (c) => {
      const { url, browserSecret } = await startSberLogin(c.env, sberIdOf(c))
      await noteWhoWaits(c)
      giveSecret(c, browserSecret)
      return c.redirect(url, 303)
    },
  )
  .get(
    '/callback',
    describe(
      'The browser is back from Сбер ID: signed in, linked, or an address to confirm',
      { 200: v.union([SignedIn, ToConfirm, Linked]), 303: null },
      ['not-signed-in', 'not-found', 'conflict', 'unavailable'],
    ),
    refusalPage(),
    validate('query', Callback),
    async (c) => {
      const sberId = sberIdOf(c)
      const device = await deviceOf(c.env, c.req.header('user-agent'))
      keepPrivate(c)
      const back = { browserSecret: takeSecret(c), code: undefined, ...c.req.valid('query') }
      const outcome = await signInBySber(c.env, sberId, device, back)
      return isPerson(c) || isBrowser(c) ? landAfterSber(c, outcome) : c.json(outcome)
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
    notInBrowser(),
    validate('json', LinkWish),
    async (c) => {
      const deviceHash = await deviceOf(c.env, c.req.header('user-agent'))
      const caller = { ...(await callerOf(c)), deviceHash }
      keepPrivate(c)
      return c.json(await linkIdentity(c.env, sberIdOf(c), caller, c.req.valid('json')))
    },
  )
