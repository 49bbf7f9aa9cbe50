/** mulberry32: one seed, one history. */
export const seededRandom = (seed: number) => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    /** 0 to below `most`. */
    below: (most: number): number => Math.floor(next() * most),
    shuffle: <Item>(items: Item[]): Item[] => {
      const left = [...items]
      const shuffled: Item[] = []
      while (left.length > 0) shuffled.push(...left.splice(Math.floor(next() * left.length), 1))
      return shuffled
    },
  }
}

export type SeededRandom = ReturnType<typeof seededRandom>
