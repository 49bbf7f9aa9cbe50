import type { User } from '@kontora/access'
import { afterCommit, type Transaction, transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { askForUnlikeDays } from './ask-for-unlike-days.ts'
import { type Difference, moscowDay } from './difference.ts'
import { findAccountDifferences } from './find-account-differences.ts'
import { findBookDifferences } from './find-book-differences.ts'
import { findLineDifferences } from './find-line-differences.ts'
import { findOperationDifferences } from './find-operation-differences.ts'
import { findPayoutDifferences } from './find-payout-differences.ts'
import { findRegistryDifferences } from './find-registry-differences.ts'
import { storeDifferences } from './store-differences.ts'

export type ProofResources = Pick<Resources, 'sql' | 'now' | 'newId' | 'random' | 'log' | 'registryFormat'>
export type Reconciled = { reconciliationId: string; day: string; differences: number; found: number }

/**
 * The proof bank = ledger of one day, and of the books as a whole. Every difference is kept until it is gone or somebody
 * has explained it; one that was not there before raises the alarm.
 */
export const reconcileDay = (
  resources: ProofResources,
  who: Pick<User, 'id'>,
  { day }: { day: string },
): Promise<Reconciled> =>
  transaction(resources.sql, async (tx) => {
    // Two proofs at once would each store what both find.
    await tx`select pg_advisory_xact_lock(hashtextextended('reconcile', 0))`
    const ofDay = await findOfDay(tx, resources, day)
    const ofBooks = await findBookDifferences(tx)
    const found = [
      ...(await storeDifferences(tx, resources, day, ofDay)),
      ...(await storeDifferences(tx, resources, null, ofBooks)),
    ]
    if (ofBooks.some(({ type }) => type === 'bank-balance')) await askForUnlikeDays(tx, resources, day)
    const differences = ofDay.length + ofBooks.length
    const reconciliationId = resources.newId()
    const checked = tx.json(countsOf([...ofDay, ...ofBooks]))
    await tx`insert into reconciliations ${tx({ id: reconciliationId, day, differences, checked, madeBy: who.id, madeAt: resources.now() })}`
    afterCommit(tx, () => alarm(resources, day, found))
    return { reconciliationId, day, differences, found: found.length }
  })

const findOfDay = async (tx: Transaction, resources: ProofResources, day: string): Promise<Difference[]> => {
  const asked = { day, today: moscowDay(resources.now()), tariff: resources.registryFormat.tariff }
  return [
    ...(await findAccountDifferences(tx, day)),
    ...(await findLineDifferences(tx, day)),
    ...(await findRegistryDifferences(tx, asked)),
    ...(await findPayoutDifferences(tx, day)),
    ...(await findOperationDifferences(tx, day)),
  ]
}

const countsOf = (differences: readonly Difference[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { type } of differences) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

/** One line a type: a day that went wholly wrong would drown the log. */
const alarm = ({ log }: ProofResources, day: string, found: readonly Difference[]): void => {
  for (const [type, count] of Object.entries(countsOf(found)))
    log.error('bank-difference', { day, type, count })
}
