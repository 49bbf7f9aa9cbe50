import type { Proof } from '../../stack/prove/claim.ts'
import { proveCanonical } from './canonical.ts'
import { proveOpenid } from './openid.ts'
import { proveRotation } from './rotation.ts'
import { proveSber } from './sber.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  canonical: proveCanonical,
  openid: proveOpenid,
  rotation: proveRotation,
  sber: proveSber,
}
