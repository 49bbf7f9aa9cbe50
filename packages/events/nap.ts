/** Sleeps that a wake ends, all of them; one that came while nobody slept ends the next before it begins. */
export const createNap = () => {
  const sleepers = new Set<() => void>()
  let woken = false
  return {
    wake: () => {
      woken = sleepers.size === 0
      for (const end of sleepers) end()
    },
    sleep: (ms: number): Promise<void> => {
      if (woken) {
        woken = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer)
          sleepers.delete(end)
          resolve()
        }
        const timer = setTimeout(end, ms)
        sleepers.add(end)
      })
    },
  }
}
