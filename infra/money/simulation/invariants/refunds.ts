import type { Invariant } from './invariant.ts'

/** What is reserved is what is given back or under way, and never more than was captured: with us and at the bank. */
export const refundsWithinCaptured: Invariant = async ({ sql, orders }) => {
  const wrong = await sql<{ id: string; reserved: number; refunds: number }[]>`
    select id, refunded_kopecks as reserved, refunds from (
      select id, refunded_kopecks, coalesce(captured_kopecks, 0) as captured_kopecks, (
        select coalesce(sum(amount_kopecks), 0)::bigint from refunds
        where attempt_id = attempts.id and refunds.state <> 'failed') as refunds
      from attempts) summed
    where refunded_kopecks <> refunds or refunds > captured_kopecks`
  return [
    ...wrong.map(
      ({ id, reserved, refunds }) => `attempt ${id} has ${reserved} reserved, ${refunds} refunded`,
    ),
    ...orders
      .filter(({ refundedKopecks, amountKopecks }) => refundedKopecks > amountKopecks)
      .map(({ orderNumber }) => `the bank refunded more of ${orderNumber} than it had`),
  ]
}
