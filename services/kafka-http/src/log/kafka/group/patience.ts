const firstMs = 3000
const mostMs = 30_000

/** How long to wait before asking again: twice as long each time, until there was no cause to. */
export const createPatience = () => {
  let ms = firstMs
  return {
    /** True is to be acted on: the next time is later. */
    isOver: (waitedMs: number): boolean => {
      if (waitedMs < ms) return false
      ms = Math.min(ms * 2, mostMs)
      return true
    },
    reset: (): void => {
      ms = firstMs
    },
  }
}
