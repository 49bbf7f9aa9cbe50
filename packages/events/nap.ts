/** A sleep that a wake ends, also one that came just before it began. */
export const createNap = () => {
  let woken = false
  let end: (() => void) | undefined
  return {
    wake: () => {
      woken = true
      end?.()
    },
    sleep: (ms: number): Promise<void> => {
      if (woken) {
        woken = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => end?.(), ms)
        end = () => {
          clearTimeout(timer)
          end = undefined
          woken = false
          resolve()
        }
      })
    },
  }
}
