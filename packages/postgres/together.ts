type Answers<Statements extends readonly unknown[]> = {
  -readonly [I in keyof Statements]: Awaited<Statements[I]>
}

/** What follows a fault in its transaction: it says nothing of why. */
const isAftermath = (fault: unknown): boolean => (fault as { code?: string } | null)?.code === '25P02'

/**
 * Statements of one transaction of which none needs another's answer: they go one behind the other, and Postgres does them in
 * that order, without a way there and back between them. A fault is thrown when all have been answered: none is still on its
 * way when the transaction is undone. Verbs begin as they are listed; a bare statement begins behind them all.
 */
export const together = async <const Statements extends readonly (PromiseLike<unknown> | undefined)[]>(
  ...statements: Statements
): Promise<Answers<Statements>> => {
  const settled = await Promise.allSettled(statements)
  const faults = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (faults.length > 0) throw faults.find((fault) => !isAftermath(fault)) ?? faults[0]
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as Answers<Statements>
}
