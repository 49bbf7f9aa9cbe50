import { type Actor, hourMs, operatorId } from './actor.ts'

/** Takes a hold, in whole or in part, or lets it go; sometimes both at once, of which one is refused. */
export const taker: Actor = {
  count: () => 5,
  beginsMs: (chance) => chance.below(chance.pick([3 * hourMs, 6 * hourMs])),
  play: async (world, party, chance) => {
    const held = await world.peek<{ id: string; amountKopecks: number }[]>`
      select id, amount_kopecks from attempts where state in ('held', 'open') and capture = 'manual' order by id`
    if (held.length === 0) return
    const { id, amountKopecks } = chance.pick(held)
    const take = (name: string) =>
      world.spawn(name, chance.below(2) * 1000, async (one) => {
        const part = chance.happens(500) ? amountKopecks : Math.max(1, chance.below(amountKopecks))
        const body = { amountKopecks: part, reason: 'Работа сделана' }
        await world.request(one, { userId: operatorId, path: `/attempts/${id}/capture`, body })
      })
    const release = (name: string) =>
      world.spawn(name, chance.below(2) * 1000, async (one) => {
        const body = { reason: 'Отказ' }
        await world.request(one, { userId: operatorId, path: `/attempts/${id}/release`, body })
      })
    const choice = chance.below(10)
    if (choice < 8) take(`${party.name}-takes`)
    if (choice > 6) release(`${party.name}-releases`)
  },
}
