import type { Proof } from '../../stack/prove/claim.ts'
import { proveBudget } from './budget.ts'
import { proveBurn } from './burn.ts'
import { proveCanonical } from './canonical.ts'
import { proveDump } from './dump.ts'
import { proveEnumeration } from './enumeration.ts'
import { proveGuesses } from './guesses.ts'
import { proveKnownDevice } from './known-device.ts'
import { proveOneGuard } from './one-guard.ts'
import { proveRefresh } from './refresh.ts'
import { proveRotation } from './rotation.ts'
import { proveSber } from './sber.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  guesses: proveGuesses,
  burn: proveBurn,
  budget: proveBudget,
  'one-guard': proveOneGuard,
  refresh: proveRefresh,
  canonical: proveCanonical,
  'known-device': proveKnownDevice,
  dump: proveDump,
  enumeration: proveEnumeration,
  rotation: proveRotation,
  sber: proveSber,
}
