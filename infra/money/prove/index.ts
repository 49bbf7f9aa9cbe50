import type { Proof } from '../../stack/prove/claim.ts'
import { proveSimulation } from './simulation.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = { simulation: proveSimulation }
