import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { type InvoiceLine, lineKopecks, type PricedLine, sumKopecks, vatKopecks } from './invoice.ts'

type Priced = { lines: PricedLine[]; amountKopecks: number }
type Rate = { code: string; percent: number | null }

const refuse = (field: string, expected: string): never => {
  throw new Problem('invalid-input', 'The sum or a rate is wrong', { fields: { [field]: expected } })
}

const mostText = `at most ${Number.MAX_SAFE_INTEGER} kopecks`

/** What each line comes to, exact; whatever is too large or has no rate is refused by its field's name. */
export const priceLines = async (sql: Sql, lines: InvoiceLine[]): Promise<Priced> => {
  const rates = await sql<Rate[]>`select code, percent from vat_rates`
  const priced = lines.map((line, i): PricedLine => {
    const rate = rates.find(({ code }) => code === line.vat) ?? refuse(`lines.${i}.vat`, 'a known VAT rate')
    const amountKopecks =
      lineKopecks(line) ??
      (line.discountKopecks > 0
        ? refuse(`lines.${i}.discountKopecks`, `less than the line, and that ${mostText}`)
        : refuse(`lines.${i}.priceKopecks`, `with its quantity ${mostText}`))
    return { ...line, amountKopecks, vatKopecks: vatKopecks(amountKopecks, rate.percent) }
  })
  const amountKopecks =
    sumKopecks(priced.map((line) => line.amountKopecks)) ?? refuse('lines', `a sum of ${mostText}`)
  return { lines: priced, amountKopecks }
}
