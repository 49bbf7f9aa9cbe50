import { invoicePdf } from '../../../services/payment/src/invoices/pdf/invoice-pdf.ts'
import { simulatedSheet } from '../../../services/payment/src/invoices/pdf/testing-sheet.ts'
import { type Figure, median, percentile } from '../../stack/bench/figure.ts'

const rounds = 5
const drawn = 100
const goalMs = 100

const timeOf = async (lines: number): Promise<number> => {
  const begun = performance.now()
  await invoicePdf(simulatedSheet(lines))
  return performance.now() - begun
}

/** An invoice of 20 lines with both codes, from its data to its bytes, in turn with one of a single line. */
export const benchInvoicePdf = async (say: (line: string) => void): Promise<Figure[]> => {
  const [long, short]: [number[], number[]] = [[], []]
  // The fonts are unpacked and the code is compiled by the first.
  for (let i = 0; i < 10; i++) await timeOf(20)
  for (let round = 1; round <= rounds; round++) {
    for (let i = 0; i < drawn; i++) {
      short.push(await timeOf(1))
      long.push(await timeOf(20))
    }
    const last = long.slice(-drawn)
    say(
      `round ${round}/${rounds}: p50 ${median(last).toFixed(1)} ms, p99 ${percentile(last, 0.99).toFixed(1)} ms`,
    )
  }
  const value = Number(percentile(long, 0.99).toFixed(1))
  const ratio = Number((value / percentile(short, 0.99)).toFixed(2))
  const against = 'the p99 of an invoice of 1 line'
  return [{ figure: 'invoice-pdf', value, unit: 'ms p99', against, ratio, goal: goalMs, ok: value < goalMs }]
}
