import type { Proof } from '../../stack/prove/claim.ts'
import { proveOutboxKills } from './outbox-kills.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = { 'outbox-kills': proveOutboxKills }
