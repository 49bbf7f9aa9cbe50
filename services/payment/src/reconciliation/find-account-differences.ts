import type { Sql } from '@kontora/postgres'
import type { Difference } from './difference.ts'

type Books = {
  id: string
  openingKopecks: number | null
  closingKopecks: number | null
  beforeKopecks: number
  movedKopecks: number
}

/** Each own account on this day: its statement goes on where the last one ended, and our lines lead to where it ends. */
export const findAccountDifferences = async (sql: Sql, day: string): Promise<Difference[]> => {
  const accounts = await sql<Books[]>`
    select bank_accounts.id, told.opening_kopecks, told.closing_kopecks,
      coalesce((
        select closing_kopecks from statement_days as earlier
        where earlier.bank_account_id = bank_accounts.id and earlier.day < ${day} order by day desc limit 1
      ), bank_accounts.opening_kopecks) as before_kopecks,
      coalesce((
        select sum(case direction when 'in' then amount_kopecks else -amount_kopecks end) from transfers
        where transfers.bank_account_id = bank_accounts.id and booked_on = ${day}
      ), 0)::bigint as moved_kopecks
    from bank_accounts
    left join statement_days as told on told.bank_account_id = bank_accounts.id and told.day = ${day}
    where opened_on <= ${day} order by bank_accounts.id`
  return accounts.flatMap(ofAccount)
}

const ofAccount = ({
  id,
  openingKopecks,
  closingKopecks,
  beforeKopecks,
  movedKopecks,
}: Books): Difference[] => {
  const subject = { subjectKind: 'bank-account' as const, subject: id }
  if (openingKopecks === null || closingKopecks === null)
    return [{ type: 'no-statement', ...subject, expectedKopecks: null, actualKopecks: null }]
  const differences: Difference[] = []
  if (openingKopecks !== beforeKopecks)
    differences.push({
      type: 'opening-balance',
      ...subject,
      expectedKopecks: openingKopecks,
      actualKopecks: beforeKopecks,
    })
  const ours = openingKopecks + movedKopecks
  if (ours !== closingKopecks)
    differences.push({
      type: 'closing-balance',
      ...subject,
      expectedKopecks: closingKopecks,
      actualKopecks: ours,
    })
  return differences
}
