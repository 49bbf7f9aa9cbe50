import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from 'jose'

/** What is hashed is part of the hash, so that a hash of one kind is worth nothing as another. */
export type HashLabel =
  | 'address'
  | 'asked-as'
  | 'flow'
  | 'flow-secret'
  | 'code'
  | 'refresh'
  | 'device'
  | 'known-device'
  | 'device-cookie'
  | 'login-browser'
  | 'login-state'
  | 'login-nonce'
  | 'login-verifier'
  | 'link-secret'
  | 'challenge'
  | 'recovery-code'
  | 'authorization-code'

export type Hash = (label: HashLabel, ...parts: string[]) => Promise<string>

/**
 * Writes under the key in use. `each` is what to compare with: that hash first, then those under the other accepted keys;
 * `accepted` are all of them alone.
 */
export type Pepper = Hash & {
  each: (label: HashLabel, ...parts: string[]) => Promise<string[]>
  accepted: Hash[]
}

/** For what outlives the minutes of `code-pepper.ts`: addresses, refresh tokens, devices. */
export const createPepper = (secret: string, others: string[] = []): Pepper => {
  const accepted = [secret, ...others].map(hashUnder)
  return Object.assign(hashUnder(secret), {
    accepted,
    each: (label: HashLabel, ...parts: string[]) =>
      Promise.all(accepted.map((hash) => hash(label, ...parts))),
  })
}

/** HMAC-SHA-256 under a key that no database holds in clear: six digits or an address cannot be searched for in a dump. */
export const hashUnder = (secret: string): Hash => {
  // Not `crypto.subtle`, which goes to a thread and back for each of the twenty hashes of a sign-in: 5 times as long.
  const keyed = hmac.create(sha256, base64url.decode(secret))
  return async (label, ...parts) => {
    const text = new TextEncoder().encode(JSON.stringify([label, ...parts]))
    return base64url.encode(keyed.clone().update(text).digest())
  }
}

/** One of few; looks at all of them. */
export const isOneOf = (hash: string, hashes: string[]): boolean =>
  hashes.map((each) => isSame(hash, each)).includes(true)

/** Looks at every character, wherever the first difference is. */
export const isSame = (one: string, other: string): boolean => {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ (other.charCodeAt(i) || 0)
  return difference === 0
}
