import { type Cbor, concatenated, encodeCbor } from './cbor.ts'

export type Algorithm = 'ES256' | 'EdDSA'

export type CredentialKey = {
  /** COSE_Key (RFC 9053), as it stands in the authenticator data. */
  publicKey: Uint8Array
  sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>
}

const rawKey = async (key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.exportKey('raw', key))

/** DER's INTEGER: no leading zeroes, and one where the first bit would make it negative. */
const integer = (bytes: Uint8Array): Uint8Array => {
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = bytes.subarray(first === -1 ? bytes.length - 1 : first)
  const value = (short[0] ?? 0) > 127 ? concatenated([Uint8Array.of(0), short]) : short
  return concatenated([Uint8Array.of(2, value.length), value])
}

/** WebAuthn section 6.5.5: an ES256 signature is DER's SEQUENCE of r and s, where WebCrypto writes them side by side. */
const asDer = (signature: Uint8Array): Uint8Array => {
  const parts = concatenated([integer(signature.subarray(0, 32)), integer(signature.subarray(32))])
  return concatenated([Uint8Array.of(0x30, parts.length), parts])
}

const makeEs256 = async (): Promise<CredentialKey> => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const point = await rawKey(pair.publicKey)
  const cose = new Map<number, Cbor>([
    ...([
      [1, 2],
      [3, -7],
      [-1, 1],
    ] as const),
    [-2, point.slice(1, 33)],
    [-3, point.slice(33)],
  ])
  return {
    publicKey: encodeCbor(cose),
    sign: async (bytes) =>
      asDer(
        new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes)),
      ),
  }
}

const makeEdDsa = async (): Promise<CredentialKey> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const cose = new Map<number, Cbor>([
    ...([
      [1, 1],
      [3, -8],
      [-1, 6],
    ] as const),
    [-2, await rawKey(pair.publicKey)],
  ])
  return {
    publicKey: encodeCbor(cose),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
  }
}

export const makeKey = (algorithm: Algorithm): Promise<CredentialKey> =>
  algorithm === 'ES256' ? makeEs256() : makeEdDsa()
