/** More would take the pool from the requests of the same process. */
const lanes = 4

/** Each list in its order, some lists side by side. Ends when all have; what one throws comes then. */
export const inLanes = async <Item>(
  lists: Item[][],
  work: (item: Item) => Promise<boolean>,
): Promise<void> => {
  const waiting = [...lists]
  const lane = async (): Promise<void> => {
    for (let list = waiting.shift(); list; list = waiting.shift())
      for (const item of list) if (!(await work(item))) break
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
  const fault = ends.find((end) => end.status === 'rejected')
  if (fault) throw fault.reason
}
