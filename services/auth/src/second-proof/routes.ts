import { proofSeconds, signedIn, type User } from '@kontora/access'
import { describe, rateLimitHeaders, validate } from '@kontora/service'
import { Locale } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import { AskedAnswer, repeatable } from '../codes/routes.ts'
import { CodeTry } from '../codes/try-code.ts'
import { Assertion, ChallengeId } from '../passkeys/passkey.ts'
import { ChallengeAnswer } from '../passkeys/routes.ts'
import { RecoveryCode } from '../recovery-codes/recovery-code.ts'
import type { Resources } from '../resources.ts'
import { notInBrowser } from '../sessions/not-in-browser.ts'
import { people } from '../sessions/person-of.ts'
import { giveTokens, SignedIn } from '../tokens/give-tokens.ts'
import { askForProof } from './ask-for-proof.ts'
import { askForProofCode } from './ask-for-proof-code.ts'
import { proveByCode } from './prove-by-code.ts'
import { proveByPasskey } from './prove-by-passkey.ts'
import { proveByRecoveryCode } from './prove-by-recovery-code.ts'
import type { Prover } from './prove-session.ts'
import { waysOf } from './ways.ts'

const Way = v.picklist(['passkey', 'code', 'recovery-code'])
const Standing = v.object({ ways: v.array(Way), maxAgeSeconds: v.number() })

const Proof = v.variant('way', [
  v.strictObject({ way: v.literal('passkey'), challengeId: ChallengeId, credential: Assertion }),
  v.strictObject({ way: v.literal('code'), ...CodeTry.entries }),
  v.strictObject({ way: v.literal('recovery-code'), code: RecoveryCode }),
])
type Proof = v.InferOutput<typeof Proof>

const prove = (resources: Resources, prover: Prover, { way, ...proof }: Proof) => {
  if ('credential' in proof) return proveByPasskey(resources, prover, proof)
  if ('flowId' in proof) return proveByCode(resources, prover, proof)
  return proveByRecoveryCode(resources, prover, proof.code)
}

const sensitive = { sensitive: true }

export const secondProof = new Hono<{ Bindings: Resources; Variables: { user: User } }>()
  .get(
    '/',
    describe('How I may prove a second time that it is me', { 200: Standing }),
    signedIn(),
    people(),
    async (c) => c.json({ ways: await waysOf(c.env.sql, c.var.user.id), maxAgeSeconds: proofSeconds }),
  )
  .post(
    '/challenges',
    describe('What `navigator.credentials.get` needs for a passkey of mine', { 201: ChallengeAnswer }),
    signedIn(sensitive),
    people(),
    async (c) => {
      c.header('cache-control', 'no-store')
      const { id: userId, sessionId = '' } = c.var.user
      const { expiresAt, ...asking } = await askForProof(c.env, { userId, sessionId })
      return c.json({ ...asking, expiresAt: expiresAt.toISOString() }, 201)
    },
  )
  .post(
    '/codes',
    describe('Have a code sent to my own address; for who has no passkey', { 202: AskedAnswer }, [
      'conflict',
      'too-many-requests',
    ]),
    signedIn(sensitive),
    people(),
    repeatable(),
    validate('json', v.strictObject({ locale: v.optional(Locale, 'ru') })),
    async (c) => {
      c.header('cache-control', 'no-store')
      const { id: userId, sessionId = '' } = c.var.user
      const asker = { userId, sessionId, key: c.var.key, ...(await callerOf(c)) }
      const { locale } = c.req.valid('json')
      const { expiresAt, rateLimits, ...asked } = await askForProofCode(c.env, asker, locale)
      return c.json({ ...asked, expiresAt: expiresAt.toISOString() }, 202, rateLimitHeaders(rateLimits))
    },
  )
  .post(
    '/',
    describe(
      'Gives the proof; the answer is tokens of the same session that say so; not in a browser’s script',
      { 200: SignedIn },
      ['conflict', 'second-proof-needed', 'too-many-requests'],
    ),
    signedIn(sensitive),
    people(),
    notInBrowser(),
    validate('json', Proof),
    async (c) => {
      c.header('cache-control', 'no-store')
      const { id: userId, sessionId = '', clientId } = c.var.user
      const prover = { userId, sessionId, clientId, caller: await callerOf(c) }
      const session = await prove(c.env, prover, c.req.valid('json'))
      return c.json(await giveTokens(c.env, session))
    },
  )
