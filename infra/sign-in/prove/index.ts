import type { Proof } from '../../stack/prove/claim.ts'
import { proveBlock } from './block.ts'
import { proveBurn } from './burn.ts'
import { proveCanonical } from './canonical.ts'
import { proveEnumeration } from './enumeration.ts'
import { proveGuesses } from './guesses.ts'
import { proveOpenid } from './openid.ts'
import { proveRefresh } from './refresh.ts'
import { proveRotation } from './rotation.ts'
import { proveSber } from './sber.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  guesses: proveGuesses,
  burn: proveBurn,
  refresh: proveRefresh,
  block: proveBlock,
  canonical: proveCanonical,
  enumeration: proveEnumeration,
  openid: proveOpenid,
  rotation: proveRotation,
  sber: proveSber,
}
