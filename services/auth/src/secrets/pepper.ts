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
  | 'sber-browser'
  | 'sber-state'
  | 'sber-nonce'
  | 'sber-verifier'
  | 'link-secret'
  | 'challenge'
  | 'used-challenge'
  | 'recovery-code'

export type Pepper = (label: HashLabel, ...parts: string[]) => Promise<string>

/** HMAC-SHA-256 under a key that no database holds: six digits or an address cannot be searched for in a dump. */
export const createPepper = (secret: string): Pepper => {
  const key = crypto.subtle.importKey(
    'raw',
    new Uint8Array(base64url.decode(secret)),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return async (label, ...parts) => {
    const text = new TextEncoder().encode(JSON.stringify([label, ...parts]))
    return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', await key, text)))
  }
}

/** Looks at every character, wherever the first difference is. */
export const isSame = (one: string, other: string): boolean => {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ (other.charCodeAt(i) || 0)
  return difference === 0
}
