import { checksum } from '../../../simulators/vtb/checksum.ts'
import { callbackKey } from '../bank.ts'
import type { SeededChance } from '../chance.ts'
import type { Letter } from '../wire.ts'
import { type Actor, hourMs } from './actor.ts'

type Fields = Record<string, string>

const kinds = [
  'own-key',
  'no-checksum',
  'changed-after',
  'short',
  'foreign-order',
  'not-so',
  'not-so',
] as const

/** Only the two last are signed with the bank's key: for an order of nobody, and of one that was never paid. */
const letterOf = (kind: (typeof kinds)[number], fields: Fields): Letter => {
  const sum = checksum(fields, kind === 'own-key' ? `${callbackKey}!` : callbackKey)
  const told = kind === 'foreign-order' ? { ...fields, mdOrder: 'f', orderNumber: 'NOBODY' } : fields
  const sent: Fields = {
    ...(kind === 'changed-after' ? { ...fields, amount: '-1' } : told),
    ...(kind !== 'no-checksum' && {
      checksum:
        kind === 'short' ? sum.slice(2) : kind === 'foreign-order' ? checksum(told, callbackKey) : sum,
    }),
  }
  const expected = kind === 'foreign-order' || kind === 'not-so' ? 200 : 403
  return {
    method: 'GET',
    url: `http://payment.test/callback?${new URLSearchParams(sent)}`,
    body: undefined,
    expected,
  }
}

const lie = (
  order: { mdOrder: string; orderNumber: string; amount: number },
  chance: SeededChance,
): Fields => ({
  mdOrder: order.mdOrder,
  orderNumber: order.orderNumber,
  operation: chance.pick([
    'deposited',
    'deposited',
    'deposited',
    'refunded',
    'reversed',
    'declinedByTimeout',
  ]),
  status: chance.pick(['1', '1', '0']),
  amount: String(order.amount + chance.pick([0, 0, 1])),
})

/** Sends what the bank never said. Nothing of it may come true. */
export const forger: Actor = {
  count: () => 8,
  beginsMs: (chance) => chance.below(4 * hourMs),
  play: async (world, party, chance) => {
    const orders = await world.peek<{ mdOrder: string; orderNumber: string; amount: number }[]>`
      select md_order, order_number, amount_kopecks as amount from attempts where md_order is not null
      order by state = 'open' desc, id limit 4`
    if (orders.length === 0) return
    const kind = chance.pick(kinds)
    await world.act(party, `forges a callback: ${kind}`, async () =>
      world.wire.send(letterOf(kind, lie(chance.pick(orders), chance)), 0),
    )
  },
}
