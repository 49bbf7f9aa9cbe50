import type { Proof } from '../../stack/prove/claim.ts'
import { proveChecksums } from './checksums.ts'
import { proveExport } from './export.ts'
import { proveKills } from './kills.ts'
import { proveKopeck } from './kopeck.ts'
import { proveLarge } from './large.ts'
import { proveMatching } from './matching.ts'
import { proveMistakes } from './mistakes.ts'
import { proveNumbers } from './numbers.ts'
import { provePermutations } from './permutations.ts'
import { proveRefunds } from './refunds.ts'
import { proveSimulation } from './simulation.ts'
import { proveTimeouts } from './timeouts.ts'
import { proveTransitions } from './transitions.ts'

/** Claim → how it is shown at full size. */
export const paymentProofs: Record<string, Proof> = {
  kopeck: proveKopeck,
  matching: proveMatching,
  numbers: proveNumbers,
  large: proveLarge,
  checksums: proveChecksums,
  mistakes: proveMistakes,
  timeouts: proveTimeouts,
  refunds: proveRefunds,
  simulation: proveSimulation,
  permutations: provePermutations,
  transitions: proveTransitions,
  export: proveExport,
  kills: proveKills,
}
