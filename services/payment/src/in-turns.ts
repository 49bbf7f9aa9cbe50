/** At most so many of them at once; the others wait, in their order. */
export const inTurns = (most: number): (<Result>(work: () => Promise<Result>) => Promise<Result>) => {
  let free = most
  const waiting: (() => void)[] = []
  const take = async (): Promise<void> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return async (work) => {
    await take()
    try {
      return await work()
    } finally {
      giveBack()
    }
  }
}
