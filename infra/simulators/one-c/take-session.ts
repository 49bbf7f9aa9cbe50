export type Sessions = { take: (limit: number, waitMs: number) => Promise<boolean>; release: () => void }

/** The pool of one base: a call holds its session until it is answered, the next one waits, then is refused. */
export const createSessions = (): Sessions => {
  let busy = 0
  const waiting = new Set<() => void>()

  const waitForOne = (waitMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const get = (): void => {
        clearTimeout(timer)
        waiting.delete(get)
        resolve(true)
      }
      const timer = setTimeout(() => {
        waiting.delete(get)
        resolve(false)
      }, waitMs)
      waiting.add(get)
    })

  return {
    take: async (limit, waitMs) => {
      if (busy < limit) {
        busy += 1
        return true
      }
      return limit > 0 && waitForOne(waitMs)
    },
    release: () => {
      const [next] = waiting
      if (next) next()
      else busy -= 1
    },
  }
}
