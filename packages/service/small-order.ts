import { base64url } from 'jose'

/** The y of the eight points whose multiples are only each other, with the ways to write them beyond the prime. */
const ordinates = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Under such an Ed25519 key one signature fits any text, and WebCrypto takes the key. */
export const isSmallOrder = (x: string): boolean => {
  const digits = Array.from(base64url.decode(x), (byte, i) => (i === 31 ? byte & 0x7f : byte))
  return ordinates.has(digits.map((byte) => byte.toString(16).padStart(2, '0')).join(''))
}
