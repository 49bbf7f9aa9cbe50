/** What came of sending at a rate: each answer's time from the moment that its call was due, whoever was late with it. */
export type Sent = { times: number[]; refused: number; perSecond: number }

/**
 * Calls `send` with 0 … count - 1, so many a second, whether or not the ones before have been answered: as a bank does, and
 * unlike callers who wait for each other and so never see a queue.
 */
export const sendAtRate = async (
  perSecond: number,
  count: number,
  send: (number: number) => Promise<boolean>,
): Promise<Sent> => {
  const times: number[] = []
  let refused = 0
  const begun = performance.now()
  const dueOf = (number: number): number => begun + (number * 1000) / perSecond
  const one = async (number: number): Promise<void> => {
    const isTaken = await send(number)
    if (!isTaken) refused++
    times.push(performance.now() - dueOf(number))
  }
  const running: Promise<void>[] = []
  while (running.length < count) {
    const now = performance.now()
    while (running.length < count && dueOf(running.length) <= now) running.push(one(running.length))
    await Bun.sleep(1)
  }
  const sending = performance.now() - begun
  await Promise.all(running)
  return { times, refused, perSecond: Math.round((count * 1000) / sending) }
}
