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
  await tx`insert into ledger_transactions ${tx({ id: transactionId, kind, sourceId, madeAt: now() })}`
  const entries = entriesOf[kind]({ userId, amountKopecks })
  await tx`insert into ledger_entries ${tx(entries.map((entry, position) => ({ transactionId, position, ...entry })))}`
}
