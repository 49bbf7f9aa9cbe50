export type Leases = <Result>(call: () => Promise<Result>) => Promise<Result>

/** Each call takes a session of the base and perhaps an accountant's licence, so only so many run at once. */
export const createLeases = (concurrency: number): Leases => {
  const waiting: (() => void)[] = []
  let taken = 0

  const take = async (): Promise<void> => {
    if (taken < concurrency) {
      taken += 1
      return
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  const giveBack = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }

  return async (call) => {
    await take()
    try {
      return await call()
    } finally {
      giveBack()
    }
  }
}
