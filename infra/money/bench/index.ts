import type { Bench } from '../../stack/bench/figure.ts'
import { benchInvoicePdf } from './invoice-pdf.ts'
import { benchSettle } from './settle.ts'

/** Figure → how it is measured. */
export const paymentFigures: Record<string, Bench> = {
  'invoice-pdf': benchInvoicePdf,
  settle: benchSettle,
}
