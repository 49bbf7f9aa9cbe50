import type { Log } from '@kontora/service'

/** Side by side; what breaks on one row is a bug to be seen, keeps no other row, and comes again with its claim. */
export const forEachDue = async <Due extends { id: string }>(
  log: Log,
  due: readonly Due[],
  work: (one: Due) => Promise<void>,
): Promise<number> => {
  await Promise.all(
    due.map((one) =>
      work(one).catch((error: unknown) => log.error('due-row-failed', { rowId: one.id }, error)),
    ),
  )
  return due.length
}
