/** One of the two that sign people in; each step for all before the next, so many at once. */
export type Side = {
  name: string
  /** Ask for a code, find out whose address it is, and sign in; what each then has to show. */
  signIn: (emails: string[], atOnce: number) => Promise<string[]>
  /** The next request of each: who is it? */
  readSessions: (shown: string[], atOnce: number) => Promise<void>
  close: () => Promise<void>
}

export const each = async <Item>(
  items: Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

export const statusOf = (wanted: number, answer: Response): Response => {
  if (answer.status !== wanted) throw new Error(`Status ${answer.status} instead of ${wanted}`)
  return answer
}
