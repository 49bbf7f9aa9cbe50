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

/** HMAC-SHA256, the secret's own bytes as the key; WebCrypto compares in constant time. */
export const isSigned = async (text: string, checksum: string, secret: string): Promise<boolean> => {
  if (!/^[0-9A-F]{64}$/.test(checksum)) return false
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encode(secret), algorithm, false, ['verify'])
  return crypto.subtle.verify('HMAC', key, bytesOf(checksum), encode(text))
}

/** The pairs of a query or a form, or nothing if a name comes twice: then nobody knows which one was signed. */
export const readPairs = (encoded: string): Map<string, string> | undefined => {
  const pairs = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(encoded)) {
    if (pairs.has(name)) return undefined
    pairs.set(name, value)
  }
  return pairs
}
