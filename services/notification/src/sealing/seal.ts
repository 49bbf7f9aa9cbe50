import type { Chance } from '@kontora/service'
import { base64url } from 'jose'

/** What must lie in the database and be read by nobody there. `purpose` binds it to its row. */
export type Seal = {
  seal: (purpose: string, text: string) => Promise<string>
  open: (purpose: string, sealed: string) => Promise<string>
  /** The same for the same address, and no way back: it outlives the erasure of a person. */
  fingerprint: (address: string) => Promise<string>
}

const ivBytes = 12
const bytes = (text: string) => new TextEncoder().encode(text)

const derivation = (purpose: string) => ({
  name: 'HKDF',
  hash: 'SHA-256',
  salt: new Uint8Array(),
  info: bytes(purpose),
})

const deriveKeys = async (secret: string) => {
  const raw = Uint8Array.from(base64url.decode(secret))
  const root = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey'])
  const [sealing, hashing] = await Promise.all([
    crypto.subtle.deriveKey(derivation('seal'), root, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]),
    crypto.subtle.deriveKey(
      derivation('fingerprint'),
      root,
      { name: 'HMAC', hash: 'SHA-256', length: 256 },
      false,
      ['sign'],
    ),
  ])
  return { sealing, hashing }
}

/** `secret` is base64url of 32 bytes. */
export const createSeal = (secret: string, random: Chance['random']): Seal => {
  let derived: ReturnType<typeof deriveKeys> | undefined
  const keys = () => {
    derived ??= deriveKeys(secret)
    return derived
  }
  const gcm = (iv: Uint8Array<ArrayBuffer>, purpose: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: bytes(purpose),
  })
  return {
    seal: async (purpose, text) => {
      const iv = random(ivBytes)
      const hidden = await crypto.subtle.encrypt(gcm(iv, purpose), (await keys()).sealing, bytes(text))
      return `${base64url.encode(iv)}.${base64url.encode(new Uint8Array(hidden))}`
    },
    open: async (purpose, sealed) => {
      const [iv = '', hidden = ''] = sealed.split('.')
      const shown = await crypto.subtle.decrypt(
        gcm(Uint8Array.from(base64url.decode(iv)), purpose),
        (await keys()).sealing,
        Uint8Array.from(base64url.decode(hidden)),
      )
      return new TextDecoder().decode(shown)
    },
    fingerprint: async (address) => {
      const hash = await crypto.subtle.sign('HMAC', (await keys()).hashing, bytes(address))
      return base64url.encode(new Uint8Array(hash))
    },
  }
}
