import type { Sql } from '@kontora/postgres'
import type { Difference } from './difference.ts'

type Held = { id: string; expectedKopecks: number; actualKopecks: number | null }

/** What was paid and given back on this day stands in the ledger with its own sum. */
export const findOperationDifferences = async (sql: Sql, day: string): Promise<Difference[]> => {
  const attempts = await unlike(
    sql,
    sql`attempts`,
    sql`coalesce(captured_kopecks, amount_kopecks)`,
    'attempt-settled',
    day,
  )
  const refunds = await unlike(sql, sql`refunds`, sql`-amount_kopecks`, 'refund-settled', day)
  return [
    ...(await findPartlyCaptured(sql, day)),
    ...attempts.map(
      ({ id, ...sums }): Difference => ({
        type: 'attempt-booked',
        subjectKind: 'attempt',
        subject: id,
        ...sums,
      }),
    ),
    ...refunds.map(
      ({ id, ...sums }): Difference => ({
        type: 'refund-booked',
        subjectKind: 'refund',
        subject: id,
        ...sums,
      }),
    ),
  ]
}

const onDay = (sql: Sql, day: string) => sql`
  state = 'settled' and ended_at >= (${day}::date)::timestamp at time zone 'Europe/Moscow'
  and ended_at < (${day}::date + 1)::timestamp at time zone 'Europe/Moscow'`

/** Only a hold may be taken in part. */
const findPartlyCaptured = async (sql: Sql, day: string): Promise<Difference[]> => {
  const wrong = await sql<Held[]>`
    select id, captured_kopecks as expected_kopecks, amount_kopecks as actual_kopecks from attempts
    where ${onDay(sql, day)} and captured_kopecks <> amount_kopecks
      and (capture = 'auto' or captured_kopecks > amount_kopecks)`
  return wrong.map(({ id, ...sums }) => ({
    type: 'captured-amount',
    subjectKind: 'attempt',
    subject: id,
    ...sums,
  }))
}

const unlike = (
  sql: Sql,
  table: ReturnType<Sql>,
  amount: ReturnType<Sql>,
  movement: string,
  day: string,
): Promise<Held[]> => sql<Held[]>`
  with operations as (
    select id, ${amount} as expected_kopecks from ${table}
    where ${onDay(sql, day)}
  )
  select operations.id, expected_kopecks::bigint, sum(ledger_entries.amount_kopecks)::bigint as actual_kopecks
  from operations
  left join ledger_transactions on source_id = operations.id and kind = ${movement}
  left join ledger_entries on transaction_id = ledger_transactions.id and account = 'acquiring'
  group by operations.id, expected_kopecks
  having sum(ledger_entries.amount_kopecks) is distinct from expected_kopecks`
