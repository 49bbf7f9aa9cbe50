import { type Actor, hourMs, operatorId } from './actor.ts'

/** Cancels whatever invoice there is, being paid or paid: most is refused. */
export const canceller: Actor = {
  count: () => 3,
  beginsMs: (chance) => chance.below(5 * hourMs),
  play: async (world, party, chance) => {
    const invoices = await world.peek<{ id: string }[]>`select id from invoices order by id`
    if (invoices.length === 0) return
    const { id } = chance.pick(invoices)
    await world.request(party, { userId: operatorId, path: `/invoices/${id}/cancel`, body: {} })
  },
}
