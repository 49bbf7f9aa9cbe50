import type { SeededChance } from '../chance.ts'
import { type Actor, hourMs, operatorId } from './actor.ts'

/** Parts, all, and more than there is. */
const shareOf = (amountKopecks: number, chance: SeededChance): number =>
  Math.max(1, Math.floor((amountKopecks * chance.pick([1, 20, 60, 60, 100, 101])) / 100))

/** Asks for several refunds of one payment at once. */
export const refunder: Actor = {
  count: () => 8,
  beginsMs: (chance) => chance.below(chance.pick([4 * hourMs, 12 * hourMs, 72 * hourMs])),
  play: async (world, party, chance) => {
    const paid = await world.peek<{ id: string; amountKopecks: number }[]>`
      select id, amount_kopecks from attempts where state = 'settled' order by id`
    if (paid.length === 0) return
    const { id, amountKopecks } = chance.pick(paid)
    for (let n = chance.between(1, 4); n > 0; n--) {
      const body = { attemptId: id, amountKopecks: shareOf(amountKopecks, chance), reason: 'Возврат' }
      world.spawn(`${party.name}-${n}`, chance.below(2) * 1000, async (one) => {
        await world.request(one, { userId: operatorId, path: '/refunds', body })
      })
    }
  },
}
