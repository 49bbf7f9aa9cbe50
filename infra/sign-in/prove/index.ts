import type { Proof } from '../../stack/prove/claim.ts'
import { proveCanonical } from './canonical.ts'
import { proveRotation } from './rotation.ts'
import { proveSber } from './sber.ts'
import { proveSecondProof } from './second-proof.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  canonical: proveCanonical,
  rotation: proveRotation,
  sber: proveSber,
  'second-proof': proveSecondProof,
}
