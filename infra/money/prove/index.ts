import type { Proof } from '../../stack/prove/claim.ts'
import { proveChecksums } from './checksums.ts'
import { proveExport } from './export.ts'
import { proveKills } from './kills.ts'
import { proveLarge } from './large.ts'
import { proveMistakes } from './mistakes.ts'
import { proveNumbers } from './numbers.ts'
import { proveRefunds } from './refunds.ts'
import { proveTimeouts } from './timeouts.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = {
  numbers: proveNumbers,
  large: proveLarge,
  checksums: proveChecksums,
  mistakes: proveMistakes,
  timeouts: proveTimeouts,
  refunds: proveRefunds,
  export: proveExport,
  kills: proveKills,
}
