import type { Proof } from '../../stack/prove/claim.ts'
import { proveChecksums } from './checksums.ts'
import { proveExport } from './export.ts'
import { proveMistakes } from './mistakes.ts'
import { proveRefunds } from './refunds.ts'
import { proveTimeouts } from './timeouts.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = {
  checksums: proveChecksums,
  mistakes: proveMistakes,
  timeouts: proveTimeouts,
  refunds: proveRefunds,
  export: proveExport,
}
