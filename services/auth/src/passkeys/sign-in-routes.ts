import { describe, validate } from '@kontora/service'
import { Hono } from 'hono'
import { base64url } from 'jose'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { notInBrowser } from '../sessions/not-in-browser.ts'
import { SignedIn } from '../tokens/give-tokens.ts'
import { makeChallenge } from './challenge.ts'
import { requestOptions } from './options.ts'
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
      const challengeSecret = base64url.encode(c.env.random(16))
      const challenge = await makeChallenge(c.env, { purpose: 'sign-in', holder: challengeSecret })
      const options = requestOptions(c.env.relyingParty, challenge)
      const expiresAt = challenge.expiresAt.toISOString()
      return c.json({ challengeId: challenge.id, challengeSecret, expiresAt, options }, 201)
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
