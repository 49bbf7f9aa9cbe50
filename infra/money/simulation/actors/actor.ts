import type { SeededChance } from '../chance.ts'
import type { Party } from '../schedule.ts'
import type { World } from '../world.ts'

export type Actor = {
  /** How many of them a history has. */
  count: (chance: SeededChance) => number
  /** When each begins, in virtual milliseconds. */
  beginsMs: (chance: SeededChance) => number
  play: (world: World, party: Party, chance: SeededChance) => Promise<void>
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const operatorId = '0197a1b2-0000-7000-8000-000000000001'
