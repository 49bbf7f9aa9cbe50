import { readUuid } from './read-uuid.ts'

/** An entry is the four words of its UUID and its number. A number of 0 says that the place is free. */
const wordsEach = 5
export const bytesEach = 4 * wordsEach

const shards = 256
const fullest = 0.75
const growth = 1.15
const smallest = 8

type Shard = { words: Uint32Array; count: number }

const capacityOf = ({ words }: Shard): number => words.length / wordsEach

const emptyShard = (capacity: number): Shard => ({ words: new Uint32Array(capacity * wordsEach), count: 0 })

const hashOf = (key: Uint32Array): number => {
  let hash = 0x9747b28c
  for (let i = 0; i < 4; i++) {
    hash = Math.imul(hash ^ (key[i] ?? 0), 0x5bd1e995)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Where the key stands in its shard, or the free place where it would. The shard is never full. */
const placeOf = (shard: Shard, key: Uint32Array, hash: number): number => {
  const { words } = shard
  let at = Math.floor((hash / 2 ** 32) * capacityOf(shard)) * wordsEach
  for (;;) {
    if (words[at + 4] === 0) return at
    if (
      words[at] === key[0] &&
      words[at + 1] === key[1] &&
      words[at + 2] === key[2] &&
      words[at + 3] === key[3]
    )
      return at
    at += wordsEach
    if (at === words.length) at = 0
  }
}

const put = (shard: Shard, key: Uint32Array, hash: number, value: number): void => {
  const at = placeOf(shard, key, hash)
  if (shard.words[at + 4] === 0) {
    for (let word = 0; word < 4; word++) shard.words[at + word] = key[word] ?? 0
    shard.count++
  }
  shard.words[at + 4] = value
}

const moved = (from: Shard, capacity: number, isKept: (value: number) => boolean): Shard => {
  const to = emptyShard(capacity)
  const key = new Uint32Array(4)
  for (let at = 0; at < from.words.length; at += wordsEach) {
    const value = from.words[at + 4] ?? 0
    if (value === 0 || !isKept(value)) continue
    for (let word = 0; word < 4; word++) key[word] = from.words[at + word] ?? 0
    put(to, key, hashOf(key), value)
  }
  return to
}

const countKept = ({ words }: Shard, isKept: (value: number) => boolean): number => {
  let kept = 0
  for (let at = 4; at < words.length; at += wordsEach) {
    const value = words[at] ?? 0
    if (value !== 0 && isKept(value)) kept++
  }
  return kept
}

const roomFor = (count: number): number => Math.max(smallest, Math.ceil((count * growth) / fullest))

/**
 * UUID → a number of 32 bits above 0, in 27 to 31 bytes an entry: a million of them is no load for a small machine. Open
 * addressing, in shards so that it grows and is swept by small steps.
 */
export const createUuidTable = (expected = 0) => {
  const first = expected > 0 ? Math.ceil(((expected / shards) * 1.05) / fullest) + smallest : 0
  const all = Array.from({ length: shards }, () => emptyShard(first))
  const key = new Uint32Array(4)
  let swept = 0

  const setKey = (value: number): void => {
    const hash = hashOf(key)
    const at = hash % shards
    let shard = all[at] ?? emptyShard(smallest)
    if (shard.count + 1 > capacityOf(shard) * fullest) {
      shard = moved(shard, roomFor(shard.count + 1), () => true)
      all[at] = shard
    }
    put(shard, key, hash, value)
  }

  return {
    /** 0 for what is not there. */
    get: (id: string): number => {
      if (!readUuid(id, key)) return 0
      const hash = hashOf(key)
      const shard = all[hash % shards]
      return shard?.count ? (shard.words[placeOf(shard, key, hash) + 4] ?? 0) : 0
    },
    /** Entries as Postgres packs them: `uuid_send(id) || int4send(value)`. */
    addPacked: (bytes: Uint8Array): void => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let at = 0; at + bytesEach <= bytes.byteLength; at += bytesEach) {
        for (let word = 0; word < 4; word++) key[word] = view.getUint32(at + 4 * word)
        setKey(view.getUint32(at + 16))
      }
    },
    /** Forgets what is not to be kept, in the next shard. */
    sweep: (isKept: (value: number) => boolean): void => {
      const shard = all[swept]
      const kept = shard ? countKept(shard, isKept) : 0
      if (shard && kept < shard.count) all[swept] = moved(shard, roomFor(kept), isKept)
      swept = (swept + 1) % shards
    },
    count: (): number => all.reduce((sum, { count }) => sum + count, 0),
  }
}

export type UuidTable = ReturnType<typeof createUuidTable>
