import type { Proof } from '../../stack/prove/claim.ts'
import { proveBlock } from './block.ts'
import { proveBlockBrokerDown } from './block-broker-down.ts'
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
import { proveSecondProof } from './second-proof.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  guesses: proveGuesses,
  burn: proveBurn,
  budget: proveBudget,
  'one-guard': proveOneGuard,
  refresh: proveRefresh,
  block: proveBlock,
  'block-broker-down': proveBlockBrokerDown,
  canonical: proveCanonical,
  'known-device': proveKnownDevice,
  dump: proveDump,
  enumeration: proveEnumeration,
  // Not before it is wanted: the provider that it brings speaks up at once, about every other command too.
  openid: async (options) => (await import('./openid.ts')).proveOpenid(options),
  rotation: proveRotation,
  sber: proveSber,
  'second-proof': proveSecondProof,
}
