import { type Actor, hourMs, minuteMs } from './actor.ts'

/** The bank changes: refunds that fail, that take their time, callbacks that say more, or come by POST. */
export const mood: Actor = {
  count: () => 6,
  beginsMs: (chance) => chance.below(8 * hourMs),
  play: async (world, party, chance) => {
    const settings = {
      refundFails: chance.happens(250),
      refundPendingMs: chance.pick([0, minuteMs, 3 * hourMs, 12 * hourMs]),
      callbackMethod: chance.pick(['GET', 'POST']),
      callbackExtras: chance.happens(500),
      attempts: chance.between(1, 3),
      qrStateField: chance.pick(['qrStatus', 'status']),
    }
    await world.act(party, `the bank becomes ${JSON.stringify(settings)}`, () => world.bank.set(settings))
  },
}
