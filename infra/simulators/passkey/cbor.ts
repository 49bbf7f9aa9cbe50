/** RFC 8949, as much as an authenticator writes: whole numbers, bytes, texts, maps in the order that they are given. */
export type Cbor = number | string | Uint8Array | Map<number | string, Cbor>

const joined = (parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Major type and argument, in the shortest form. */
const head = (major: number, argument: number): Uint8Array => {
  const first = major << 5
  if (argument < 24) return Uint8Array.of(first | argument)
  if (argument < 0x100) return Uint8Array.of(first | 24, argument)
  if (argument < 0x10000) return Uint8Array.of(first | 25, argument >> 8, argument & 255)
  return Uint8Array.of(
    first | 26,
    argument >>> 24,
    (argument >> 16) & 255,
    (argument >> 8) & 255,
    argument & 255,
  )
}

export const encodeCbor = (value: Cbor): Uint8Array<ArrayBuffer> => {
  if (typeof value === 'number') return joined([value < 0 ? head(1, -1 - value) : head(0, value)])
  if (value instanceof Uint8Array) return joined([head(2, value.length), value])
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value)
    return joined([head(3, bytes.length), bytes])
  }
  const pairs = [...value].flatMap(([key, each]) => [encodeCbor(key), encodeCbor(each)])
  return joined([head(5, value.size), ...pairs])
}

export const concatenated = joined
