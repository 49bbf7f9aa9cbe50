export type Succession = <Result>(
  key: string,
  work: (dismissed: AbortSignal) => Promise<Result>,
) => Promise<Result>

/**
 * An instance's calls follow each other: a later one sends the earlier away and starts when that has put back what it
 * may hold. Between gateways the call's id in the instance's row does the same.
 */
export const createSuccession = (): Succession => {
  const last = new Map<string, { dismiss: () => void; done: Promise<void> }>()
  return async (key, work) => {
    const earlier = last.get(key)
    const controller = new AbortController()
    const { promise: done, resolve } = Promise.withResolvers<void>()
    const mine = { dismiss: () => controller.abort(), done }
    last.set(key, mine)
    earlier?.dismiss()
    await earlier?.done
    try {
      return await work(controller.signal)
    } finally {
      resolve()
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
