import { seededRandom } from '../../../stack/prove/random.ts'

export type Message = { key: string; value: string }

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Batches of the same messages on both sides: 1 000 keys, values of `bytes` without a pattern. */
export const makeBatches = (count: number, size: number, bytes = 200, seed = 1): Message[][] => {
  const random = seededRandom(seed)
  const text = () => Array.from({ length: bytes }, () => letters[random.below(letters.length)]).join('')
  return Array.from({ length: count }, () =>
    Array.from({ length: size }, () => ({ key: `key-${random.below(1000)}`, value: text() })),
  )
}
