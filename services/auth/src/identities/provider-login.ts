import { base64url } from 'jose'
import type { Hash } from '../secrets/pepper.ts'

/**
 * Everything of one login follows from its provider and the secret in the browser's cookie, so none of it works in another
 * browser, or for another provider.
 */
export type ProviderLogin = { state: string; nonce: string; verifier: string; challenge: string }

/** A signed-in person who wants to be known by a provider too. */
export type LinkTo = { userId: string; sessionId: string }

export const loginMs = 10 * 60_000

export const deriveLogin = async (
  hash: Hash,
  provider: string,
  browserSecret: string,
): Promise<ProviderLogin> => {
  const [state, nonce, verifier] = await Promise.all([
    hash('login-state', provider, browserSecret),
    hash('login-nonce', provider, browserSecret),
    hash('login-verifier', provider, browserSecret),
  ])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return { state, nonce, verifier, challenge: base64url.encode(new Uint8Array(digest)) }
}
