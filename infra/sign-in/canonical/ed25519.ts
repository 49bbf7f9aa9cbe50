const order = 2n ** 252n + 27742317777372353535851937790883648493n
const most = 2n ** 256n

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((total, byte) => (total << 8n) + BigInt(byte), 0n)

const bytesOf = (number: bigint): Buffer =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => Number((number >> BigInt(8 * i)) & 255n)))

const withS = (signature: Uint8Array, s: bigint): Buffer =>
  Buffer.concat([signature.subarray(0, 32), bytesOf(s)])

/** All other S that the equation of RFC 8032 holds for, when nobody asks S < L. */
export const twinsOf = (signature: Uint8Array): Buffer[] => {
  const s = numberOf(signature.subarray(32))
  const twins = Array.from({ length: 16 }, (_, i) => s + BigInt(i + 1) * order)
  return twins.filter((twin) => twin < most).map((twin) => withS(signature, twin))
}

export const negated = (signature: Uint8Array): Buffer =>
  withS(signature, order - numberOf(signature.subarray(32)))

/** The points of small order, each of them twice: with and without the sign. */
export const smallPoints: Buffer[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((hex) => {
  const signed = Buffer.from(hex, 'hex')
  signed[31] = (signed[31] ?? 0) | 0x80
  return [Buffer.from(hex, 'hex'), signed]
})
