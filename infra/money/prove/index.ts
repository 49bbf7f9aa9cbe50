import type { Proof } from '../../stack/prove/claim.ts'
import { provePermutations } from './permutations.ts'
import { proveSimulation } from './simulation.ts'
import { proveTransitions } from './transitions.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = {
  permutations: provePermutations,
  simulation: proveSimulation,
  transitions: proveTransitions,
}
