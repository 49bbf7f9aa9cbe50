import type { Proof } from '../../stack/prove/claim.ts'
import { proveSber } from './sber.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const authProofs: Record<string, Proof> = { sber: proveSber }
