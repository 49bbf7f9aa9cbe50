import { base64url } from 'jose'

/** The two texts that a token carries, when there is exactly one way to write it: ours. */
export type CanonicalToken = { header: Record<string, unknown>; payload: Record<string, unknown> }

const longest = 4096
const shape = /^([A-Za-z0-9_-]{2,})\.([A-Za-z0-9_-]{2,})\.([A-Za-z0-9_-]{85}[AQgw])$/

/** What the last character may be when a segment has 1 or 2 bytes beyond whole groups of three: its spare bits are zero. */
const lasts: (RegExp | undefined)[] = [/^/, undefined, /[AQgw]$/, /[AEIMQUYcgkosw048]$/]

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined for a text that has a twin: other spare bits, spaces, escapes, a key twice, a signature beyond the group's order. */
export const readCanonicalToken = (token: string): CanonicalToken | undefined => {
  if (token.length > longest) return undefined
  const [, head = '', body = '', signature = ''] = shape.exec(token) ?? []
  if (!signature || !isBelowOrder(signature)) return undefined
  const header = readObject(head)
  const payload = header && readObject(body)
  return payload && { header, payload }
}

const readObject = (segment: string): Record<string, unknown> | undefined => {
  if (!lasts[segment.length % 4]?.test(segment)) return undefined
  try {
    const text = utf8.decode(base64url.decode(segment))
    const value: unknown = JSON.parse(text)
    return isRecord(value) && JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** 2²⁵² + 27742317777372353535851937790883648493, the highest byte first. */
const order = [
  ...[0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed],
]

/** RFC 8032 wants S < L; that each runtime's WebCrypto looks is nowhere promised. */
const isBelowOrder = (signature: string): boolean => {
  const bytes = base64url.decode(signature)
  const unequal = order.findIndex((limit, i) => bytes[63 - i] !== limit)
  return unequal >= 0 && (bytes[63 - unequal] ?? 0) < (order[unequal] ?? 0)
}
