import { base64url, CompactEncrypt, compactDecrypt } from 'jose'

/** Text at rest that we must read again. `purpose` is checked at opening: what was sealed for one use opens for no other. */
export type Seal = {
  close: (purpose: string, text: string) => Promise<string>
  open: (purpose: string, sealed: string) => Promise<string>
}

export const createSeal = (secret: string): Seal => {
  const raw = new Uint8Array(base64url.decode(secret))
  const key = crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    close: async (purpose, text) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: purpose })
        .encrypt(await key),
    open: async (purpose, sealed) => {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, await key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      if (protectedHeader.typ !== purpose) throw new Error('Sealed for another purpose')
      return new TextDecoder().decode(plaintext)
    },
  }
}
