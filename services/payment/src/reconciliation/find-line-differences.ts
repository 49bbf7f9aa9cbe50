import type { Sql } from '@kontora/postgres'
import type { Difference } from './difference.ts'

type Line = { id: string; isGone: boolean; amountKopecks: number; bookedKopecks: number | null }
type Held = { id: string; expectedKopecks: number; actualKopecks: number | null }

/** Each line of this day: booked, with its own sum, and still told by the bank; what it was matched to adds up. */
export const findLineDifferences = async (sql: Sql, day: string): Promise<Difference[]> => {
  const lines = await findUnlikeLines(sql, sql`booked_on = ${day}`)
  const matches = await findUnlikeMatches(sql, day)
  return [...lines.flatMap(ofLine), ...(await findWrongSums(sql, day)), ...matches]
}

/** Lines of which the ledger says something else than they say themselves, or which the bank took back. */
export const findUnlikeLines = (sql: Sql, where: ReturnType<Sql>): Promise<Line[]> => sql<Line[]>`
  with lines as (
    select id, gone_at is not null as is_gone, case direction when 'in' then 1 else -1 end * amount_kopecks as amount_kopecks,
      case direction when 'in' then 'transfer-received' else 'transfer-sent' end as movement
    from transfers where ${where}
  )
  select lines.id, is_gone, lines.amount_kopecks::bigint, sum(ledger_entries.amount_kopecks)::bigint as booked_kopecks
  from lines
  left join ledger_transactions on source_id = lines.id and kind = movement
  left join ledger_entries on transaction_id = ledger_transactions.id and account = 'bank'
  group by lines.id, is_gone, lines.amount_kopecks
  having is_gone or sum(ledger_entries.amount_kopecks) is distinct from lines.amount_kopecks`

const ofLine = ({ id, isGone, amountKopecks, bookedKopecks }: Line): Difference[] => {
  const subject = { subjectKind: 'transfer' as const, subject: id }
  const sums = { expectedKopecks: amountKopecks, actualKopecks: bookedKopecks }
  const differences: Difference[] = []
  if (isGone)
    differences.push({ type: 'line-gone', ...subject, expectedKopecks: 0, actualKopecks: amountKopecks })
  if (bookedKopecks === null) differences.push({ type: 'line-not-booked', ...subject, ...sums })
  else if (bookedKopecks !== amountKopecks) differences.push({ type: 'line-amount', ...subject, ...sums })
  return differences
}

const findWrongSums = async (sql: Sql, day: string): Promise<Difference[]> => {
  const wrong = await sql<Held[]>`
    select transfers.id, matched_kopecks as expected_kopecks, coalesce(sum(transfer_matches.amount_kopecks), 0)::bigint as actual_kopecks
    from transfers
    left join transfer_matches on transfer_id = transfers.id and unmatched_at is null
    where booked_on = ${day} and kind <> 'payout'
    group by transfers.id, matched_kopecks
    having matched_kopecks <> coalesce(sum(transfer_matches.amount_kopecks), 0)`
  return wrong.map(({ id, ...sums }) => ({
    type: 'match-amount',
    subjectKind: 'transfer',
    subject: id,
    ...sums,
  }))
}

/** What stands on its payer's account for each match; one that was taken back comes to nothing. */
const findUnlikeMatches = async (sql: Sql, day: string): Promise<Difference[]> => {
  const unlike = await sql<Held[]>`
    with matches as (
      select transfer_matches.id, user_id,
        case when unmatched_at is null then case direction when 'in' then -1 else 1 end * transfer_matches.amount_kopecks else 0 end
          as expected_kopecks
      from transfers join transfer_matches on transfer_id = transfers.id where booked_on = ${day}
    )
    select matches.id, expected_kopecks::bigint, sum(ledger_entries.amount_kopecks)::bigint as actual_kopecks
    from matches
    left join ledger_transactions on source_id = matches.id and kind in ('transfer-matched', 'transfer-unmatched')
    left join ledger_entries on transaction_id = ledger_transactions.id and account = 'receivable:' || user_id
    group by matches.id, expected_kopecks
    having sum(ledger_entries.amount_kopecks) is distinct from expected_kopecks`
  return unlike.map(({ id, ...sums }) => ({
    type: 'match-booked',
    subjectKind: 'match',
    subject: id,
    ...sums,
  }))
}
