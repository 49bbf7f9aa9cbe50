import type { Proof } from '../../stack/prove/claim.ts'
import { proveBrokerKilled } from './broker-killed.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = {
  'broker-killed': proveBrokerKilled,
}
