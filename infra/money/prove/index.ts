import type { Proof } from '../../stack/prove/claim.ts'
import { proveExport } from './export.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = {
  export: proveExport,
}
