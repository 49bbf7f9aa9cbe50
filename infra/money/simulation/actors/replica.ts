import type { SeededChance } from '../chance.ts'
import type { World } from '../world.ts'
import { type Actor, hourMs, minuteMs } from './actor.ts'

const busyMs = 5 * hourMs

/** Its jobs' beat; sometimes it is down for longer. Where little happens, it is looked at less often. */
const pauseMs = ({ clock }: World, beganMs: number, chance: SeededChance): number =>
  clock.ms - beganMs < busyMs
    ? chance.below(chance.pick([1000, 5000, 5000, minuteMs, minuteMs, 10 * minuteMs, 40 * minuteMs]))
    : chance.below(chance.pick([5000, 5000, hourMs, 6 * hourMs, 12 * hourMs]))

/** One process of the service with its jobs. It dies, and is started again. */
export const replica: Actor = {
  count: () => 2,
  beginsMs: () => 0,
  play: async (world, party, chance) => {
    const beganMs = world.clock.ms
    const jobs = Object.entries(world.verbs.jobs)
    while (!world.isCalm()) {
      const [name, run] = chance.pick(jobs)
      const served = await world.serve(party, name, run)
      const isAgain = served !== 'crashed' && served.value > 0 && chance.happens(300)
      if (!isAgain) await world.sleep(party, pauseMs(world, beganMs, chance))
    }
  },
}
