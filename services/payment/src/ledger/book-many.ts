import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import type { Entry, Movement, TransferMovement } from './entries.ts'

export type BookedEntries = { sourceId: string; entries: Entry[] }

/** As many of one kind at once as a statement has lines: two statements of SQL, whatever their number. */
export const bookMany = async (
  tx: Transaction,
  { newId, now }: WriteResources,
  kind: Movement | TransferMovement,
  booked: readonly BookedEntries[],
): Promise<void> => {
  if (booked.length === 0) return
  const transactions = booked.map(({ sourceId, entries }) => ({ id: newId(), sourceId, entries }))
  const heads = transactions.map(({ id, sourceId }) => ({ id, source_id: sourceId }))
  const lines = transactions.flatMap(({ id, entries }) =>
    entries.map(({ account, amountKopecks }, position) => ({
      transaction_id: id,
      position,
      account,
      amount_kopecks: amountKopecks,
    })),
  )
  await tx`
    insert into ledger_transactions (id, kind, source_id, made_at)
    select id, ${kind}, source_id, ${now()} from jsonb_to_recordset(${tx.json(heads)}) as head (id uuid, source_id uuid)`
  await tx`
    insert into ledger_entries (transaction_id, position, account, amount_kopecks)
    select transaction_id, position, account, amount_kopecks
    from jsonb_to_recordset(${tx.json(lines)})
      as line (transaction_id uuid, position integer, account text, amount_kopecks bigint)`
}
