import { type Actor, minuteMs } from './actor.ts'

/** As many callbacks as a history has at least. */
export const callbacksOfHistory = 100
const roundsAtMost = 400

/** Sends again what the bank once sent, until enough has arrived. */
export const replayer: Actor = {
  count: () => 1,
  beginsMs: () => 20 * minuteMs,
  play: async (world, party, chance) => {
    for (let round = 0; round < roundsAtMost && world.wire.delivered() < callbacksOfHistory; round++) {
      await world.sleep(party, chance.below(10 * minuteMs))
      const { genuine } = world.wire
      if (genuine.length > 0) world.wire.send(chance.pick(genuine), 0)
    }
  },
}
