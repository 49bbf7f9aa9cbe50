import type { Sql } from '@kontora/postgres'
import { namesPayout } from '../registries/payout.ts'
import { type Difference, daysAfter } from './difference.ts'

type Payout = { id: string; number: string; netKopecks: number; linesKopecks: number; isFound: boolean }
type Line = { id: string; amountKopecks: number; purpose: string }

/** What the bank says it paid on this day, what came on it, and whether the one is the other. */
export const findPayoutDifferences = async (sql: Sql, day: string): Promise<Difference[]> => {
  const payouts = await readPayouts(sql, sql`paid_on = ${day}`)
  const lines = await sql<Line[]>`
    select id, case direction when 'in' then amount_kopecks else -amount_kopecks end as amount_kopecks,
      coalesce(purpose, '') as purpose
    from transfers left join transfer_details on transfer_id = id
    where booked_on = ${day} and kind = 'payout' and state = 'unidentified' and gone_at is null order by id`
  const waiting = lines.length > 0 ? await readPayouts(sql, sql`registered_at is null`) : []
  const isDue = await hasLaterStatement(sql, day)
  return [
    ...payouts.flatMap((payout) => ofPayout(payout, isDue)),
    ...lines.map((line) => ofLine(line, waiting)),
  ]
}

const readPayouts = (sql: Sql, where: ReturnType<Sql>): Promise<Payout[]> => sql<Payout[]>`
  select payouts.id, number, payouts.net_kopecks, coalesce(sum(registry_lines.net_kopecks), 0)::bigint as lines_kopecks,
    registered_at is not null as is_found
  from payouts left join registry_lines on payout_id = payouts.id
  where ${where} group by payouts.id order by payouts.id`

/** Money that was sent on a day stands on the statement of one of the next. */
const mostDaysLate = 2
const hasLaterStatement = async (sql: Sql, day: string): Promise<boolean> => {
  const found = await sql`
    select day from statement_days where day >= ${daysAfter(day, mostDaysLate)} limit 1`
  return found.length > 0
}

const ofPayout = ({ id, netKopecks, linesKopecks, isFound }: Payout, isDue: boolean): Difference[] => {
  const subject = { subjectKind: 'payout' as const, subject: id }
  const differences: Difference[] = []
  if (linesKopecks !== netKopecks)
    differences.push({
      type: 'payout-lines',
      ...subject,
      expectedKopecks: linesKopecks,
      actualKopecks: netKopecks,
    })
  if (!isFound && isDue)
    differences.push({ type: 'payout-missing', ...subject, expectedKopecks: netKopecks, actualKopecks: null })
  return differences
}

const ofLine = (line: Line, waiting: readonly Payout[]): Difference => {
  const named = waiting.find(({ number }) => namesPayout(number, line))
  const subject = { subjectKind: 'transfer' as const, subject: line.id }
  return named
    ? {
        type: 'payout-amount',
        ...subject,
        expectedKopecks: named.netKopecks,
        actualKopecks: line.amountKopecks,
      }
    : { type: 'payout-unknown', ...subject, expectedKopecks: null, actualKopecks: line.amountKopecks }
}
