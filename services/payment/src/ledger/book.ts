import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import { entriesOf, type Movement } from './entries.ts'

export type Booked = { kind: Movement; sourceId: string; userId: string; amountKopecks: number }

/** Once for each source: a second booking breaks on the unique key and takes its transaction with it. */
export const book = async (
  tx: Transaction,
  { newId, now }: WriteResources,
  { kind, sourceId, userId, amountKopecks }: Booked,
): Promise<void> => {
  const transactionId = newId()
  const entries = entriesOf[kind]({ userId, amountKopecks })
  const rows = entries.map((entry, position) => ({ transactionId, position, ...entry }))
  await tx`
    with booked as (insert into ledger_transactions ${tx({ id: transactionId, kind, sourceId, madeAt: now() })})
    insert into ledger_entries ${tx(rows)}`
}
