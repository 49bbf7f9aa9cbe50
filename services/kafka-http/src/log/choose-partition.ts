const m = 0x5bd1e995

const mixed = (k: number): number => {
  const product = Math.imul(k, m)
  return Math.imul(product ^ (product >>> 24), m)
}

/** Kafka's own variant of MurmurHash2, as in Java's client. */
export const murmur2 = (bytes: Uint8Array): number => {
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const whole = length & ~3
  let hash = 0x9747b28c ^ length
  for (let i = 0; i < whole; i += 4) hash = Math.imul(hash, m) ^ mixed(view.getInt32(i, true))
  if (whole < length) {
    for (let i = length - 1; i >= whole; i--) hash ^= view.getUint8(i) << (8 * (i - whole))
    hash = Math.imul(hash, m)
  }
  hash = Math.imul(hash ^ (hash >>> 13), m)
  return hash ^ (hash >>> 15)
}

const encoder = new TextEncoder()

/** The partition of a key is the one that every Java producer would choose. */
export const partitionOfKey = (key: string, count: number): number =>
  (murmur2(encoder.encode(key)) & 0x7fffffff) % count

/** Messages without a key go round. */
export const createRound = () => {
  const next = new Map<string, number>()
  return (topic: string, count: number): number => {
    const place = next.get(topic) ?? 0
    next.set(topic, (place + 1) % count)
    return place % count
  }
}
