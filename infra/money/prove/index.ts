import type { Proof } from '../../stack/prove/claim.ts'
import { proveKills } from './kills.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = { kills: proveKills }
