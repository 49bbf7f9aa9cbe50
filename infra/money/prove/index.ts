import type { Proof } from '../../stack/prove/claim.ts'
import { proveLarge } from './large.ts'
import { proveNumbers } from './numbers.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = { numbers: proveNumbers, large: proveLarge }
