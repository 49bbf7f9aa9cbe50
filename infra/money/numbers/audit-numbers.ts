import type { Pool } from '@kontora/postgres'

type Series = { kept: number; distinct: number; first: number; last: number; counter: number | null }

export type NumberFaults = { series: number; kept: number; gaps: number; doubles: number; counters: number }

/** Counted from the invoices, not from what counted them. A series is a legal entity's year. */
export const auditNumbers = async (sql: Pool): Promise<NumberFaults> => {
  const series = await sql<Series[]>`
    select count(*)::integer as kept, count(distinct number_count)::integer as distinct, min(number_count) as first,
      max(number_count) as last, max(counters.last) as counter
    from invoices left join invoice_counters counters
      on counters.legal_entity_id = invoices.legal_entity_id and counters.year = number_year
    where number is not null group by invoices.legal_entity_id, number_year`
  const [texts] = await sql<{ doubles: number }[]>`
    select (count(number) - count(distinct number))::integer as doubles from invoices`
  const sum = (countOf: (one: Series) => number): number =>
    series.reduce((total, one) => total + countOf(one), 0)
  return {
    series: series.length,
    kept: sum(({ kept }) => kept),
    gaps: sum(({ first, last, distinct }) => first - 1 + (last - first + 1 - distinct)),
    doubles: Math.max(
      sum(({ kept, distinct }) => kept - distinct),
      texts?.doubles ?? 0,
    ),
    counters: series.filter(({ last, counter }) => last !== counter).length,
  }
}
