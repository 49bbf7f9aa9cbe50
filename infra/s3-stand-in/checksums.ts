import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const algorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const
export type Algorithm = (typeof algorithms)[number]
export type Checksums = Partial<Record<Algorithm, string>>

export type Checksum = { update: (bytes: Uint8Array) => void; digest: () => Buffer }

/** A running checksum; S3 writes its digest in base64, big-endian. */
export const startChecksum = (algorithm: Algorithm | 'md5'): Checksum => {
  if (algorithm === 'crc32') return native()
  if (algorithm === 'crc32c') return reflected(0x82f63b78n, 4)
  if (algorithm === 'crc64nvme') return reflected(0x9a6c9329ac4bc9b5n, 8)
  const hash = createHash(algorithm)
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
}

export const isAlgorithm = (name: string): name is Algorithm =>
  (algorithms as readonly string[]).includes(name)

export const checksumHeaders = (checksums: Checksums): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]))

const native = (): Checksum => {
  let value = 0
  return {
    update: (bytes) => {
      value = crc32(bytes, value)
    },
    digest: () => {
      const digest = Buffer.alloc(4)
      digest.writeUInt32BE(value)
      return digest
    },
  }
}

const tables = new Map<bigint, { high: Uint32Array; low: Uint32Array }>()

// Two 32-bit halves, for a BigInt per byte would be ten times slower.
const reflected = (polynomial: bigint, width: 4 | 8): Checksum => {
  const table = tables.get(polynomial) ?? makeTable(polynomial)
  tables.set(polynomial, table)
  let high = width === 8 ? 0xffffffff : 0
  let low = 0xffffffff
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (table.low[index] ?? 0)
        high = (high >>> 8) ^ (table.high[index] ?? 0)
      }
    },
    digest: () => {
      const digest = Buffer.alloc(8)
      digest.writeUInt32BE(~high >>> 0, 0)
      digest.writeUInt32BE(~low >>> 0, 4)
      return digest.subarray(8 - width)
    },
  }
}

const makeTable = (polynomial: bigint): { high: Uint32Array; low: Uint32Array } => {
  const high = new Uint32Array(256)
  const low = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    high[byte] = Number(value >> 32n)
    low[byte] = Number(value & 0xffffffffn)
  }
  return { high, low }
}
