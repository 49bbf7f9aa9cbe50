import type { Sql } from '@kontora/postgres'
import { type BankLine, compareOrder, type OurOrder, type OurRefund, type Tariff } from './compare-order.ts'
import { type Difference, daysAfter } from './difference.ts'

type Asked = { day: string; today: string; tariff: Tariff | undefined }
type Order = Omit<OurOrder, 'refunds'> & { orderNumber: string; mdOrder: string | null }
type Line = BankLine & { orderNumber: string }
type Refund = OurRefund & { attemptId: string }

/** After so many days a registry is late. */
const mostDaysLate = 3

/** Our operations of a day and those of the bank's registry, order by order. */
export const findRegistryDifferences = async (
  sql: Sql,
  { day, today, tariff }: Asked,
): Promise<Difference[]> => {
  const orders = await readOrders(sql, day)
  const numbers = orders.flatMap(({ orderNumber, mdOrder }) =>
    mdOrder ? [orderNumber, mdOrder] : [orderNumber],
  )
  const lines = await readLines(sql, day, numbers)
  const refunds = Map.groupBy(await readRefunds(sql, orders), ({ attemptId }) => attemptId)
  const isCovered = await hasRegistry(sql, day)
  const proof = { day, isCovered, tariff }
  const byNumber = Map.groupBy(lines, ({ orderNumber }) => orderNumber)
  const known = orders.flatMap((order) => {
    const ofOrder = [...(byNumber.get(order.orderNumber) ?? []), ...(byNumber.get(order.mdOrder ?? '') ?? [])]
    return compareOrder({ ...order, refunds: refunds.get(order.attemptId) ?? [] }, ofOrder, proof)
  })
  const ours = new Set(numbers)
  const foreign = [...byNumber].filter(([number]) => !ours.has(number))
  const late = !isCovered && daysAfter(day, mostDaysLate) < today && hasOperations(orders, refunds, day)
  return [
    ...known,
    ...foreign.flatMap(([, ofOrder]) => compareOrder(undefined, ofOrder, proof)),
    ...(late ? [noRegistry(day)] : []),
  ]
}

const hasOperations = (orders: Order[], refunds: Map<string, Refund[]>, day: string): boolean =>
  orders.some(({ state, endedOn }) => state === 'settled' && endedOn === day) ||
  [...refunds.values()].flat().some(({ state, endedOn }) => state === 'settled' && endedOn === day)

const noRegistry = (day: string): Difference => ({
  type: 'no-registry',
  subjectKind: 'day',
  subject: day,
  expectedKopecks: null,
  actualKopecks: null,
})

const onDay = (sql: Sql, column: ReturnType<Sql>, day: string) => sql`
  ${column} >= (${day}::date)::timestamp at time zone 'Europe/Moscow'
  and ${column} < (${day}::date + 1)::timestamp at time zone 'Europe/Moscow'`

const readOrders = (sql: Sql, day: string): Promise<Order[]> => sql<Order[]>`
  select id as attempt_id, order_number, md_order, state, coalesce(captured_kopecks, amount_kopecks) as amount_kopecks,
    (started_at at time zone 'Europe/Moscow')::date::text as started_on,
    (ended_at at time zone 'Europe/Moscow')::date::text as ended_on
  from attempts where id in (
    select id from attempts where state = 'settled' and ${onDay(sql, sql`ended_at`, day)}
    union select attempt_id from refunds where state = 'settled' and ${onDay(sql, sql`ended_at`, day)}
    union select attempts.id from registry_lines join attempts on attempts.order_number = registry_lines.order_number
      where operated_on = ${day}
    union select attempts.id from registry_lines join attempts on md_order = registry_lines.order_number
      where operated_on = ${day})
  order by id`

const readLines = (sql: Sql, day: string, numbers: readonly string[]): Promise<Line[]> => sql<Line[]>`
  select id, kind, way, order_number, reference, operated_on::text as operated_on, gross_kopecks, commission_kopecks, net_kopecks
  from registry_lines
  where operated_on = ${day} or order_number in (select jsonb_array_elements_text(${sql.json([...numbers])}))
  order by operated_on, id`

const readRefunds = (sql: Sql, orders: readonly Order[]): Promise<Refund[]> => sql<Refund[]>`
  select id as refund_id, attempt_id, refund_number, state, amount_kopecks,
    (ended_at at time zone 'Europe/Moscow')::date::text as ended_on
  from refunds
  where attempt_id in (select jsonb_array_elements_text(${sql.json(orders.map(({ attemptId }) => attemptId))})::uuid)
  order by id`

const hasRegistry = async (sql: Sql, day: string): Promise<boolean> => {
  const found = await sql`select id from registries where ${day} between from_day and to_day limit 1`
  return found.length > 0
}
