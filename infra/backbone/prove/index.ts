import type { Proof } from '../../stack/prove/claim.ts'
import { proveOutboxKills } from './outbox-kills.ts'
import { proveParked } from './parked.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = { 'outbox-kills': proveOutboxKills, parked: proveParked }
