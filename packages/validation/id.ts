import * as v from 'valibot'

/** Lower-case UUID of any version. */
export const Id = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID'),
)

const digitsOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const hex = (bytes: Uint8Array): string => bytes.reduce((text, byte) => text + digitsOf[byte], '')

/** RFC 9562 version 7: 48 bits of milliseconds, 74 random ones, so that indexes grow at one end. */
export const uuidv7 = (time: Date, random: Uint8Array): string => {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(time.getTime()) << 16n)
  bytes.set(random.subarray(0, 10), 6)
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  const digits = hex(bytes)
  return [0, 8, 12, 16, 20].map((start, i) => digits.slice(start, [8, 12, 16, 20, 32][i])).join('-')
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** An id in 26 characters (Crockford base32): banks take no more than 30. */
export const bankNumber = (id: string): string => {
  const bits = BigInt(`0x${id.replaceAll('-', '')}`)
  return Array.from({ length: 26 }, (_, i) => crockford[Number((bits >> BigInt(5 * (25 - i))) & 31n)]).join(
    '',
  )
}
