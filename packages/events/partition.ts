/** Of every topic of the catalogue; only a move of the log changes it. */
export const partitions = 6

const mix = 0x5bd1e995

/** murmur2 as Java's Kafka client computes it, so that every producer puts a key into the same partition. */
export const murmur2 = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let hash = 0x9747b28c ^ bytes.length
  let i = 0
  for (; i + 4 <= bytes.length; i += 4) {
    const k = Math.imul(view.getInt32(i, true), mix)
    hash = Math.imul(hash, mix) ^ Math.imul(k ^ (k >>> 24), mix)
  }
  const left = bytes.length - i
  if (left > 0) {
    for (let j = left - 1; j >= 0; j--) hash ^= view.getUint8(i + j) << (8 * j)
    hash = Math.imul(hash, mix)
  }
  hash = Math.imul(hash ^ (hash >>> 13), mix)
  return hash ^ (hash >>> 15)
}

export const partitionOf = (key: string, count = partitions): number =>
  (murmur2(new TextEncoder().encode(key)) & 0x7fffffff) % count
