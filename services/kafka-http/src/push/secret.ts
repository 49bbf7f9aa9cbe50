import { base64url, CompactEncrypt, compactDecrypt } from 'jose'

/** A secret at rest. What was sealed for one subscription opens for no other. */
export type Seal = {
  close: (subscription: string, secret: string) => Promise<string>
  open: (subscription: string, sealed: string) => Promise<string>
}

export const createSeal = (keyText: string): Seal => {
  const key = base64url.decode(keyText)
  const purposeOf = (subscription: string) => `push ${subscription}`
  return {
    close: (subscription, secret) =>
      new CompactEncrypt(new TextEncoder().encode(secret))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: purposeOf(subscription) })
        .encrypt(key),
    open: async (subscription, sealed) => {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      if (protectedHeader.typ !== purposeOf(subscription)) throw new Error('Sealed for another subscription')
      return new TextDecoder().decode(plaintext)
    },
  }
}

export const makeSecret = (random: (length: number) => Uint8Array): string =>
  `whsec_${btoa(String.fromCharCode(...random(32)))}`
