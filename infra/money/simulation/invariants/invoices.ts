import type { Invariant } from './invariant.ts'

/** An invoice is paid if money came for it while it could be paid; cancelled, it has none or too much. */
export const invoicesAgree: Invariant = async ({ sql }) => {
  const wrong = await sql<{ id: string; state: string; cameKopecks: number; amountKopecks: number }[]>`
    select id, state, came_kopecks, amount_kopecks from (
      select id, state, amount_kopecks, (
        select coalesce(sum(amount_kopecks), 0)::bigint from attempts
        where invoice_id = invoices.id and attempts.state = 'settled') as came_kopecks
      from invoices) summed
    where state <> 'cancelled' and (state = 'paid') <> (came_kopecks >= amount_kopecks)`
  return wrong.map(
    ({ id, state, cameKopecks, amountKopecks }) =>
      `invoice ${id} is ${state}, and ${cameKopecks} of ${amountKopecks} came`,
  )
}
