import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

/** Something came of these days: they are held against the ledger, also if they were before. */
export const askForProof = async (
  tx: Transaction,
  { now }: WriteResources,
  days: readonly string[],
): Promise<void> => {
  const rows = [...new Set(days)].map((day) => ({ day, askAt: now() }))
  if (rows.length === 0) return
  await tx`
    insert into days_to_reconcile ${tx(rows)} on conflict (day) do update set ask_at = excluded.ask_at`
  wakeJob(tx, 'reconcile-days')
}
