const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const unsigned = new Set(['checksum', 'sign_alias'])

/** By code units, as Java sorts: upper case before lower. Every pair that arrived counts, the empty and the unknown too. */
export const canonicalText = (pairs: ReadonlyMap<string, string>): string =>
  [...pairs]
    .filter(([name]) => !unsigned.has(name))
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name};${value};`)
    .join('')

/** The pairs of a query or a form, or nothing if a name comes twice: then nobody knows which one was signed. */
export const readPairs = (encoded: string): Map<string, string> | undefined => {
  const pairs = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(encoded)) {
    if (pairs.has(name)) return undefined
    pairs.set(name, value)
  }
  return pairs
}

export const callbackAlgorithms = ['hmac', 'rsa'] as const
export type CallbackAlgorithm = (typeof callbackAlgorithms)[number]

/** Whether `checksum` is the bank's over the canonical text. WebCrypto compares in constant time. */
export type IsSigned = (text: string, checksum: string) => Promise<boolean>

/** HMAC-SHA256 with the secret's own bytes, upper-case hex as the papers say. */
const hmac = (secret: string): IsSigned => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = crypto.subtle.importKey('raw', encode(secret), algorithm, false, ['verify'])
  return async (text, checksum) =>
    /^[0-9A-F]{64}$/.test(checksum) &&
    crypto.subtle.verify('HMAC', await key, bytesOf(checksum), encode(text))
}

/** RSA PKCS#1 v1.5 with SHA-512, whatever `sign_alias` calls it: that is a name and no instruction. */
const rsa = (spki: Uint8Array<ArrayBuffer>): IsSigned => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }
  const key = crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
  // A key that is none is a fault of each callback, which the bank then repeats; the start has looked at its form.
  key.catch(() => {})
  return async (text, checksum) =>
    /^(?:[0-9A-Fa-f]{2}){256,1024}$/.test(checksum) &&
    crypto.subtle.verify('RSASSA-PKCS1-v1_5', await key, bytesOf(checksum), encode(text))
}

const derOf = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(key.replaceAll(/-----[A-Z ]+-----|\s/g, '')), (letter) => letter.charCodeAt(0))

/** One ASN.1 sequence that is as long as it says. */
const isSequence = (der: Uint8Array): boolean => {
  const [tag = 0, length = 0, high = 0, low = 0] = der
  return tag === 0x30 && length === 0x82 && high * 256 + low + 4 === der.length
}

/** A public key (SPKI) of 2048 bits or more: PEM, or the base64 between its lines. */
export const isPublicKey = (key: string): boolean => {
  if (/-----BEGIN (?!PUBLIC KEY)/.test(key)) return false
  try {
    const der = derOf(key)
    return der.length >= 294 && isSequence(der)
  } catch {
    return false
  }
}

/** Algorithm and key are pinned by settings: a callback cannot choose. */
export const callbackCheck = (algorithm: CallbackAlgorithm, key: string): IsSigned =>
  algorithm === 'hmac' ? hmac(key) : rsa(derOf(key))
