import type { Proof } from '../../stack/prove/claim.ts'
import { proveBlock } from './block.ts'
import { proveBlockBrokerDown } from './block-broker-down.ts'
import { proveCanonical } from './canonical.ts'
import { proveRotation } from './rotation.ts'
import { proveSber } from './sber.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const signInProofs: Record<string, Proof> = {
  block: proveBlock,
  'block-broker-down': proveBlockBrokerDown,
  canonical: proveCanonical,
  rotation: proveRotation,
  sber: proveSber,
}
