import { base64url } from 'jose'
import type { Pepper } from '../secrets/pepper.ts'

/** Everything of one login follows from the secret in the browser's cookie, so none of it works in another browser. */
export type SberLogin = { state: string; nonce: string; verifier: string; challenge: string }

/** A signed-in person who wants his Сбер ID linked. */
export type LinkTo = { userId: string; sessionId: string }

export const sberLoginMs = 10 * 60_000

export const deriveSberLogin = async (pepper: Pepper, browserSecret: string): Promise<SberLogin> => {
  const [state, nonce, verifier] = await Promise.all([
    pepper('sber-state', browserSecret),
    pepper('sber-nonce', browserSecret),
    pepper('sber-verifier', browserSecret),
  ])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return { state, nonce, verifier, challenge: base64url.encode(new Uint8Array(digest)) }
}
