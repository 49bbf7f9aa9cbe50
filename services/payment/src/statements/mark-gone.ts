import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import type { StoredDay } from './store-days.ts'

/**
 * A statement holds all that was booked on its days. What an earlier one had on them and this one has not was taken back by
 * the bank: told, marked, and shown by the proof of the day; its money is an operator's to move.
 */
export const markGone = async (
  tx: Transaction,
  { now }: WriteResources,
  statementId: string,
  days: readonly StoredDay[],
): Promise<number> => {
  const rows = days.map(({ bankAccountId, day }) => ({ bank_account_id: bankAccountId, day }))
  const gone = await tx`
    update transfers set gone_at = ${now()}
    from jsonb_to_recordset(${tx.json(rows)}) as told (bank_account_id uuid, day date)
    where transfers.bank_account_id = told.bank_account_id and booked_on = told.day
      and seen_in <> ${statementId} and gone_at is null
    returning transfers.id`
  return gone.length
}
