import { describe, validate } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { notInBrowser } from '../sessions/not-in-browser.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { askForSignIn } from './ask-for-sign-in.ts'
import { ChallengeAnswer } from './routes.ts'
import { PasskeySignIn, signInByPasskey } from './sign-in-by-passkey.ts'

const SecretChallenge = v.object({ ...ChallengeAnswer.entries, challengeSecret: v.string() })

export const passkeySignIns = new Hono<{ Bindings: Resources }>()
  .post(
    '/challenges',
    describe('What `navigator.credentials.get` needs to sign in; the same for everybody', {
      201: SecretChallenge,
    }),
    async (c) => {
      c.header('cache-control', 'no-store')
      const { expiresAt, ...asking } = await askForSignIn(c.env)
      return c.json({ ...asking, expiresAt: expiresAt.toISOString() }, 201)
    },
  )
  .post(
    '/',
    describe('Sign in with a passkey, without an address; not in a browser’s script', { 200: SignedIn }, [
      'not-signed-in',
      'too-many-requests',
    ]),
    notInBrowser(),
    validate('json', PasskeySignIn),
    async (c) => {
      c.header('cache-control', 'no-store')
      return c.json(await signInByPasskey(c.env, await callerOf(c), c.req.valid('json')))
    },
  )
