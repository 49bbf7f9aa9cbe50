import type { Bench } from '../../stack/bench/figure.ts'
import { benchCallbackP99 } from './callback-p99.ts'
import { benchInvoicePdf } from './invoice-pdf.ts'
import { benchSbpDetect } from './sbp-detect.ts'
import { benchSettle } from './settle.ts'
import { benchTrace } from './trace.ts'

/** Figure → how it is measured. */
export const paymentFigures: Record<string, Bench> = {
  'invoice-pdf': benchInvoicePdf,
  'callback-p99': benchCallbackP99,
  'sbp-detect': benchSbpDetect,
  settle: benchSettle,
  trace: benchTrace,
}
