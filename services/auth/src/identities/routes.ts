import { describe, validate } from '@kontora/service'
import { isPerson } from '@kontora/service/pages'
import { HeaderToken, Id } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { readAuthorization } from '../authorize/authorization-request.ts'
import { callerOf } from '../budgets/caller.ts'
import { keepDevice } from '../devices/device-cookie.ts'
import { makeDevice } from '../devices/known-device.ts'
import { landAfterProvider } from '../pages/land-after-provider.ts'
import { keepProgress, readProgress } from '../pages/progress.ts'
import type { Resources } from '../resources.ts'
import { isBrowser, notInBrowser } from '../sessions/not-in-browser.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { refusalPage } from './callback-page.tsx'
import { LinkWish, linkIdentity } from './link-identity.ts'
import { giveSecret, keepPrivate, takeSecret } from './login-cookie.ts'
import { type Provider, usable } from './provider.ts'
import { signInByProvider } from './sign-in-by-provider.ts'
import { startLogin } from './start-login.ts'

type Env = { Bindings: Resources; Variables: { provider: Provider } }

const ToConfirm = v.object({ state: v.literal('confirm-address'), linkId: Id, linkSecret: v.string() })

const Linked = v.object({ state: v.literal('linked') })

/** The provider writes it, so what it adds is borne. */
const Callback = v.object({
  state: HeaderToken(96),
  code: v.optional(HeaderToken(2048)),
  iss: v.optional(HeaderToken(2048)),
  error: v.optional(v.pipe(v.string(), v.maxLength(200))),
})

type Choice = (c: Context<Env>) => Provider | undefined

const chosen = (choose: Choice) =>
  createMiddleware<Env>(async (c, next) => {
    c.set('provider', usable(choose(c)))
    await next()
  })

/** A browser that is not known yet gets what it will be known by, if it signs someone in. */
const whereFrom = async (c: Context<Env>) => {
  const caller = await callerOf(c)
  return { ...caller, device: caller.device ?? (await makeDevice(c.env)) }
}

/** The page hands on the application's request, so that the browser comes back to the one that waits. */
const noteWhoWaits = async (c: Context<Env>): Promise<void> => {
  const { search } = new URL(c.req.url)
  const { back: last, ...progress } = await readProgress(c)
  const back = c.req.query('client_id') === undefined ? undefined : search
  if (back !== undefined) readAuthorization(back, c.env.browserClients)
  if (back !== last) await keepProgress(c, { ...progress, back })
}

/** The callback of each provider is an address of its own: what one of them sends back is never taken for another's. */
const loginsBy = (choose: Choice) =>
  new Hono<Env>()
    .get(
      '/start',
      describe('Sends the browser to the provider', { 303: null }, [
        'invalid-input',
        'not-signed-in',
        'not-found',
        'unavailable',
      ]),
      refusalPage(choose),
      chosen(choose),
      async (c) => {
        const { url, browserSecret } = await startLogin(c.env, c.var.provider)
        await noteWhoWaits(c)
        giveSecret(c, browserSecret)
        return c.redirect(url, 303)
      },
    )
    .get(
      '/callback',
      describe(
        'The browser is back from the provider: signed in, linked, or an address to confirm',
        { 200: v.union([SignedIn, ToConfirm, Linked]), 303: null },
        ['not-signed-in', 'not-found', 'conflict', 'unavailable'],
      ),
      refusalPage(choose),
      chosen(choose),
      validate('query', Callback),
      async (c) => {
        const from = await whereFrom(c)
        keepPrivate(c)
        const back = { browserSecret: takeSecret(c), code: undefined, ...c.req.valid('query') }
        const outcome = await signInByProvider(c.env, c.var.provider, from, back)
        if ('accessToken' in outcome) await keepDevice(c, from.device)
        return isPerson(c) || isBrowser(c) ? landAfterProvider(c, c.var.provider, outcome) : c.json(outcome)
      },
    )
    .post(
      '/link',
      describe(
        'Joins who came from the provider to the person who holds a fresh code, and signs in',
        { 200: SignedIn },
        ['not-signed-in', 'not-found', 'conflict', 'unavailable'],
      ),
      chosen(choose),
      notInBrowser(),
      validate('json', LinkWish),
      async (c) => {
        const from = await whereFrom(c)
        keepPrivate(c)
        const signedIn = await linkIdentity(c.env, c.var.provider, from, c.req.valid('json'))
        await keepDevice(c, from.device)
        return c.json(signedIn)
      },
    )

export const sberIdLogins = loginsBy((c) => c.env.sberId)
export const openidLogins = loginsBy((c) =>
  c.env.openids.find(({ name }) => name === c.req.param('provider')),
)
