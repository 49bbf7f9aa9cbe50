import type { SeededChance } from './chance.ts'
import type { Fault } from './faults/fault.ts'
import type { Ask, Fate } from './schedule.ts'

/** Of a thousand statements and calls of a process. */
const perMille: [Fate, number][] = [
  ['crashes-before', 4],
  ['crashes-after', 4],
  ['cut-before', 2],
  ['cut-after', 2],
  ['stalls', 6],
]

/** What breaks, lies and stalls, until it is calm. */
export const createFates = (chance: SeededChance, isCalm: () => boolean, without: ReadonlySet<string>) => ({
  fateOf: ({ life }: Ask): Fate => {
    if (!life || isCalm() || without.has('crashes')) return 'goes'
    let drawn = chance.below(1000)
    for (const [fate, share] of perMille) {
      if (drawn < share) return fate
      drawn -= share
    }
    return 'goes'
  },
  /** A pause of the machine, sometimes longer than any claim. */
  stallMs: (): number => chance.below(chance.pick([200, 5000, 40_000, 120_000])),
  tookMs: (): number => (isCalm() ? 0 : chance.below(chance.pick([1, 50, 50, 500, 3000, 29_000]))),
  faultOf:
    (faults: Record<string, Fault>) =>
    (operation: string): { name: string; fault: Fault } | undefined => {
      if (isCalm()) return undefined
      let drawn = chance.below(1000)
      for (const [name, fault] of Object.entries(faults)) {
        if (fault.operations && !fault.operations.test(operation)) continue
        if (drawn < fault.perMille) return without.has(name) ? undefined : { name, fault }
        drawn -= fault.perMille
      }
      return undefined
    },
})
