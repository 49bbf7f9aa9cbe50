import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { event } from './event-type.ts'

/** Address and code in one JWE (ECDH-ES) that only `notification` opens. Never dead-lettered, never replayed after `expiresAt`. */
export const authCodeRequested = event(
  'auth.code-requested',
  v.object({ flowId: Id, letter: v.string(), expiresAt: v.string() }),
)

/** `email-code`, `passkey`, or the name of the provider that vouched for him. */
const SignInMethod = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/))

export const authSignedIn = event(
  'auth.signed-in',
  v.object({ userId: Id, sessionId: Id, method: SignInMethod }),
)

/** Kept 6 minutes by whoever hears it: no token of the session lives longer. */
export const authSessionRevoked = event('auth.session-revoked', v.object({ userId: Id, sessionId: Id }))

/** Its tokens are refused from now on, whenever they were signed. `keyId` is the `kid` of their header. */
export const authKeyWithdrawn = event(
  'auth.key-withdrawn',
  v.object({ keyId: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) }),
)

/** How people know it; without it the provider is not set up any more, and its own name has to do. */
const Provider = {
  provider: v.string(),
  label: v.optional(v.object({ ru: v.string(), en: v.string() })),
}

export const authIdentityLinked = event('auth.identity-linked', v.object({ userId: Id, ...Provider }))

export const authIdentityUnlinked = event('auth.identity-unlinked', v.object({ userId: Id, ...Provider }))

/** One person at the provider, several accounts here: a case for the support, told once. */
export const authIdentityDisputed = event(
  'auth.identity-disputed',
  v.object({ caseId: Id, ...Provider, userIds: v.array(Id) }),
)

/** A browser that nobody had seen was signed in on a provider's word alone. */
export const authDeviceAdded = event(
  'auth.device-added',
  v.object({ userId: Id, sessionId: Id, ...Provider }),
)

export const authPasskeyAdded = event('auth.passkey-added', v.object({ userId: Id, passkeyId: Id }))

export const authPasskeyRemoved = event('auth.passkey-removed', v.object({ userId: Id, passkeyId: Id }))

/** Those of before have ended. */
export const authRecoveryCodesMade = event('auth.recovery-codes-made', v.object({ userId: Id }))

export const authRecoveryCodeUsed = event(
  'auth.recovery-code-used',
  v.object({ userId: Id, sessionId: Id, left: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
)

export const authRefreshReused = event('auth.refresh-reused', v.object({ userId: Id, sessionId: Id }))

/** An operator forgave what was guessed wrongly, or the codes that were asked for too. */
export const authAttemptsReset = event(
  'auth.attempts-reset',
  v.object({ userId: Id, of: v.picklist(['guesses', 'guesses-and-codes']) }),
)

export const authGuessesExhausted = event('auth.guesses-exhausted', v.object({ flowId: Id }))

export const authBeat = event('auth.beat', v.object({}))
