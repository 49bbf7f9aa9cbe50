import { operatorId } from './actors/actor.ts'
import type { Party } from './schedule.ts'
import type { World } from './world.ts'

type Wish = { path: string; body: object }
type Refund = { id: string; orderNumber: string; amountKopecks: number; settledKopecks: number }

const reason = 'По выписке банка'

/** What stands unknown, held or in quarantine: each is what an operator is shown. */
const wishes = async ({ peek, bank }: World): Promise<Wish[]> => {
  const orders = new Map(bank.orders().map((order) => [order.orderNumber, order]))
  const attempts = await peek<{ id: string; state: string; orderNumber: string; amountKopecks: number }[]>`
    select id, state, order_number, amount_kopecks from attempts
    where state in ('held', 'quarantined')
      and not exists (select from hold_moves where attempt_id = attempts.id and hold_moves.state in ('requested', 'sending', 'unknown'))
    order by id`
  const moves = await peek<{ id: string }[]>`select id from hold_moves where state = 'unknown' order by id`
  const refunds = await peek<Refund[]>`
    select id, order_number, amount_kopecks, (
      select coalesce(sum(amount_kopecks), 0)::bigint from refunds other
      where other.attempt_id = unknown.attempt_id and other.state = 'settled') as settled_kopecks
    from (select refunds.id, attempt_id, refunds.amount_kopecks, order_number
      from refunds join attempts on attempts.id = attempt_id where refunds.state = 'unknown') unknown
    order by id`
  return [
    ...moves.map(({ id }) => ({ path: `/moves/${id}/decision`, body: { outcome: 'failed', reason } })),
    ...refunds.map(({ id, orderNumber, amountKopecks, settledKopecks }) => {
      const isDone = orders.get(orderNumber)?.refundedKopecks === settledKopecks + amountKopecks
      return { path: `/refunds/${id}/decision`, body: { outcome: isDone ? 'settled' : 'failed', reason } }
    }),
    ...attempts.map(({ id, state, orderNumber, amountKopecks }) => {
      if (state === 'held') return { path: `/attempts/${id}/capture`, body: { amountKopecks, reason } }
      const { depositedKopecks = 0, paymentWay } = orders.get(orderNumber) ?? {}
      const came = {
        outcome: 'settled',
        amountKopecks: depositedKopecks,
        way: paymentWay === 'CARD' ? 'card' : 'sbp',
      }
      return {
        path: `/attempts/${id}/decision`,
        body: { ...(depositedKopecks > 0 ? came : { outcome: 'failed' }), reason },
      }
    }),
  ]
}

/** An operator looks at the bank's own book and decides whatever he is shown. How much that was. */
export const decideShown = async (world: World, party: Party): Promise<number> => {
  const shown = await wishes(world)
  for (const wish of shown) await world.request(party, { userId: operatorId, ...wish })
  return shown.length
}
