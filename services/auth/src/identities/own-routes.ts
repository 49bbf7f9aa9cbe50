import { signedIn, type User } from '@kontora/access'
import { describe, validate } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { deviceFrom } from '../devices/device-cookie.ts'
import type { Resources } from '../resources.ts'
import { personOf } from '../sessions/person-of.ts'
import { giveSecret } from './login-cookie.ts'
import { providersOf, usable } from './provider.ts'
import { identitiesOf } from './read-identities.ts'
import { refuseOldSignIn } from './recent-sign-in.ts'
import { startLogin } from './start-login.ts'
import { unlinkIdentity } from './unlink-identity.ts'

const Identity = v.object({ provider: v.string(), linkedAt: v.string() })

const Named = v.strictObject({
  provider: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/, 'a-z, 0-9, -')),
})

export const identities = new Hono<{ Bindings: Resources; Variables: { user: User } }>()
  .get(
    '/',
    describe('By whom else I may sign in', { 200: v.object({ items: v.array(Identity) }) }, ['forbidden']),
    signedIn(),
    async (c) => {
      const rows = await identitiesOf(c.env.sql, personOf(c.var.user).id)
      return c.json({
        items: rows.map(({ provider, linkedAt }) => ({ provider, linkedAt: linkedAt.toISOString() })),
      })
    },
  )
  .post(
    '/:provider',
    describe(
      'Begins to link my account there: `Location` is where this browser goes; after a sign-in of the last 10 minutes',
      { 201: null },
      ['forbidden', 'not-found', 'unavailable'],
    ),
    signedIn({ sensitive: true }),
    validate('param', Named),
    async (c) => {
      const { id: userId, sessionId = '', ...user } = personOf(c.var.user)
      refuseOldSignIn(user, c.env.now())
      const wanted = c.req.valid('param').provider
      const provider = usable(providersOf(c.env).find(({ name }) => name === wanted))
      const { url, browserSecret } = await startLogin(c.env, provider, { userId, sessionId })
      giveSecret(c, browserSecret)
      return c.body(null, 201, { location: url })
    },
  )
  .delete(
    '/:provider',
    describe(
      'Unlinks it, unless it is the last way to sign in; after a sign-in of the last 10 minutes',
      { 204: null },
      ['forbidden', 'not-found', 'conflict'],
    ),
    signedIn({ sensitive: true }),
    validate('param', Named),
    async (c) => {
      const user = personOf(c.var.user)
      refuseOldSignIn(user, c.env.now())
      const by = { user, device: await deviceFrom(c) }
      await unlinkIdentity(c.env, by, c.req.valid('param').provider)
      return c.body(null, 204)
    },
  )
