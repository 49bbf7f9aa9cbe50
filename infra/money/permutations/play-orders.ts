import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Family, families } from './families.ts'
import { beginPayment, type Stand } from './payment.ts'
import { permutations } from './permutations.ts'
import { snapshotOf } from './snapshot.ts'

export type Played = { family: string; orders: number; ends: Map<string, string[]> }

const playOne = async (stand: Stand, { truth, events }: Family, order: string[]): Promise<object> => {
  const payment = await beginPayment(stand)
  await truth(stand, payment)
  for (const name of order) {
    await events[name]?.(stand, payment)
    await payment.wantRefund()
  }
  await payment.rest()
  await payment.wantRefund()
  await payment.rest()
  return snapshotOf(stand, payment)
}

/** Each order of each family's events on a payment of its own: the ends, and the first orders that came to each. */
export const playOrders = async (
  random: SeededRandom,
  share: number,
  say: (line: string) => void,
): Promise<Played[]> => {
  const payment = await openTestPayment()
  const stand = { payment, story: storyOf(payment) }
  try {
    // What the bank says, and when, is each order's own.
    await payment.bank.fault({ operation: 'callback', kind: 'lost-callback', times: 1_000_000 })
    const played: Played[] = []
    for (const [name, family] of Object.entries(families)) {
      const all = permutations(Object.keys(family.events))
      const chosen = share < 1 ? random.shuffle(all).slice(0, Math.ceil(all.length * share)) : all
      const ends = new Map<string, string[]>()
      for (const order of chosen) {
        const end = JSON.stringify(await playOne(stand, family, order))
        ends.set(end, [...(ends.get(end) ?? []).slice(0, 2), order.join(' ')])
      }
      say(`${name}: ${chosen.length} orders, ${ends.size} ends`)
      played.push({ family: name, orders: chosen.length, ends })
    }
    return played
  } finally {
    await payment.close()
  }
}
