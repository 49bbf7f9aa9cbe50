import type { Transaction } from '@kontora/postgres'
import type { AccountIds } from './import-statement.ts'
import type { AccountDay } from './text-file/days-of-statement.ts'

type Days = { statementId: string; accounts: AccountIds; days: AccountDay[]; madeAt: string | null }

export type StoredDay = { bankAccountId: string; day: string }

/** Of two statements of one day the one that the bank made later counts. Answers with the days that this one counts for. */
export const storeDays = async (
  tx: Transaction,
  { statementId, accounts, days, madeAt }: Days,
): Promise<StoredDay[]> => {
  const rows = days.map(
    ({ account, day, openingKopecks, incomeKopecks, outcomeKopecks, closingKopecks }) => ({
      bank_account_id: accounts.get(account)?.id ?? '',
      day,
      opening: openingKopecks,
      income: incomeKopecks,
      outcome: outcomeKopecks,
      closing: closingKopecks,
    }),
  )
  return tx<StoredDay[]>`
    insert into statement_days (bank_account_id, day, opening_kopecks, income_kopecks, outcome_kopecks,
      closing_kopecks, statement_id, made_at)
    select bank_account_id, day, opening, income, outcome, closing, ${statementId}, ${madeAt}
    from jsonb_to_recordset(${tx.json(rows)}) as told (
      bank_account_id uuid, day date, opening bigint, income bigint, outcome bigint, closing bigint)
    on conflict (bank_account_id, day) do update set
      opening_kopecks = excluded.opening_kopecks, income_kopecks = excluded.income_kopecks,
      outcome_kopecks = excluded.outcome_kopecks, closing_kopecks = excluded.closing_kopecks,
      statement_id = excluded.statement_id, made_at = excluded.made_at
    where statement_days.made_at is null or excluded.made_at is null or excluded.made_at >= statement_days.made_at
    returning bank_account_id, day::text as day`
}
