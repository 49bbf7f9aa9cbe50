import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { callbacksOfHistory } from '../simulation/actors/replayer.ts'
import { invariants } from '../simulation/invariants/index.ts'
import { mutations } from '../simulation/mutations/index.ts'
import { onTheWay } from '../simulation/run-seed.ts'
import { runSideBySide } from '../simulation/run-side-by-side.ts'
import {
  differsOnReplay,
  findMutation,
  mostSeedsOfMutation,
  replayWith,
  withDatabase,
} from '../simulation/seeds.ts'

const fullSeeds = 1000
const sayEach = 50
/** Below this size planted bugs are left to the tests of the simulation itself. */
const smallest = 0.05

type Counted = {
  seeds: number
  callbacks: number
  fewest: number
  steps: number
  breaches: Map<string, number>
}

const runAll = async (fromSeed: number, seeds: number, say: (line: string) => void): Promise<Counted> => {
  const counted: Counted = {
    seeds: 0,
    callbacks: 0,
    fewest: Number.POSITIVE_INFINITY,
    steps: 0,
    breaches: new Map(),
  }
  await runSideBySide({ fromSeed, seeds }, ({ seed, breaches, callbacks, steps }) => {
    counted.seeds++
    counted.callbacks += callbacks
    counted.fewest = Math.min(counted.fewest, callbacks)
    counted.steps += steps
    for (const { invariant, what } of breaches) {
      counted.breaches.set(invariant, (counted.breaches.get(invariant) ?? 0) + 1)
      say(`seed ${seed} broke "${invariant}": ${what}\n  ${replayWith(seed)} --shrink`)
    }
    if (counted.seeds % sayEach === 0) say(`${counted.seeds} histories, ${counted.callbacks} callbacks`)
  })
  return counted
}

const findAll = async (planted: string[], fromSeed: number, say: (line: string) => void): Promise<string[]> =>
  withDatabase(async (database) => {
    const missed: string[] = []
    for (const name of planted) {
      const found = await findMutation(database, name, fromSeed)
      say(
        `planted "${name}": ${found ? `found by seed ${found.seeds} of ${mostSeedsOfMutation}: ${found.breach.invariant}` : 'missed'}`,
      )
      if (!found) missed.push(name)
    }
    return missed
  })

/** Histories with everything that lies and breaks, each to its rest. */
export const proveSimulation: Proof = async ({ seed, size, say }) => {
  const began = Date.now()
  const seeds = Math.max(2, Math.round(fullSeeds * size))
  const counted = await runAll(seed, seeds, say)
  const differs = await withDatabase((database) => differsOnReplay(database, seed))
  if (differs) say(`seed ${seed} is no single history: ${differs}`)
  const planted = size < smallest ? [] : Object.keys(mutations)
  const missed = await findAll(planted, seed, say)
  const claim = (name: string, value: number | string, goal: number | string, ok: boolean): Claim => ({
    claim: `simulation: ${name}`,
    value,
    goal,
    ok,
    seed,
    ms: Date.now() - began,
  })
  return [
    claim(`histories of ${counted.steps} steps in all`, counted.seeds, seeds, counted.seeds === seeds),
    claim(
      `callbacks of the history with fewest, ${counted.callbacks} in all`,
      counted.fewest,
      `≥ ${callbacksOfHistory}`,
      counted.fewest >= callbacksOfHistory,
    ),
    ...[...Object.keys(invariants), onTheWay].map((name) => {
      const broken = counted.breaches.get(name) ?? 0
      return claim(`broken: ${name}`, broken, 0, broken === 0)
    }),
    claim('replays of one seed that differ', differs ? 1 : 0, 0, !differs),
    ...(planted.length > 0
      ? [
          claim(
            `planted bugs found within ${mostSeedsOfMutation} seeds`,
            planted.length - missed.length,
            planted.length,
            missed.length === 0,
          ),
        ]
      : []),
  ]
}
