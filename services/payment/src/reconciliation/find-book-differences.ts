import type { Sql } from '@kontora/postgres'
import type { Difference, DifferenceType } from './difference.ts'

type Sums = { expectedKopecks: number; actualKopecks: number }

/**
 * The ledger's accounts as a whole, held against what they stand for: `bank` against the last closing balances, and what is
 * unidentified and what the bank still owes against the lines and operations that make it up. An entry that nobody should
 * have made shows here, for no line and no operation leads to it.
 */
export const findBookDifferences = async (sql: Sql): Promise<Difference[]> => {
  const differences = await Promise.all([
    hold('bank-balance', 'bank', await bankSums(sql)),
    hold('unidentified-balance', 'unidentified', await unidentifiedSums(sql)),
    hold('acquiring-balance', 'acquiring', await acquiringSums(sql)),
  ])
  return differences.flat()
}

const hold = (type: DifferenceType, subject: string, sums: Sums | undefined): Difference[] =>
  !sums || sums.expectedKopecks === sums.actualKopecks
    ? []
    : [{ type, subjectKind: 'ledger-account', subject, ...sums }]

const balance = (sql: Sql, account: string) => sql`
  coalesce((select sum(amount_kopecks) from ledger_entries where account = ${account}), 0)::bigint as actual_kopecks`

const bankSums = async (sql: Sql): Promise<Sums | undefined> => {
  const [sums] = await sql<Sums[]>`
    select coalesce(sum(closing_kopecks), 0)::bigint as expected_kopecks, ${balance(sql, 'bank')}
    from (
      select distinct on (bank_account_id) closing_kopecks from statement_days
      order by bank_account_id, day desc) as last`
  return sums
}

const unidentifiedSums = async (sql: Sql): Promise<Sums | undefined> => {
  const [sums] = await sql<Sums[]>`
    select coalesce(sum(case direction when 'in' then -1 else 1 end * (amount_kopecks - matched_kopecks)), 0)::bigint
      as expected_kopecks, ${balance(sql, 'unidentified')}
    from transfers where state = 'unidentified'`
  return sums
}

/** What the bank took for us, less what it gave back and what it has paid out. */
const acquiringSums = async (sql: Sql): Promise<Sums | undefined> => {
  const [sums] = await sql<Sums[]>`
    select (
        coalesce((select sum(coalesce(captured_kopecks, amount_kopecks)) from attempts where state = 'settled'), 0)
        - coalesce((select sum(amount_kopecks) from refunds where state = 'settled'), 0)
        - coalesce((select sum(gross_kopecks) from payouts where registered_at is not null), 0)
      )::bigint as expected_kopecks, ${balance(sql, 'acquiring')}`
  return sums
}
