import type { Invariant } from './invariant.ts'

type Attempt = {
  id: string
  orderNumber: string
  mdOrder: string | null
  state: string
  capturedKopecks: number
  refundedKopecks: number
}

/** What the bank has of each order is what we have booked of it. */
export const bankBook: Invariant = async ({ sql, orders }) => {
  const attempts = await sql<Attempt[]>`
    select id, order_number, md_order, state, coalesce(captured_kopecks, 0)::bigint as captured_kopecks,
      (select coalesce(sum(amount_kopecks), 0)::bigint from refunds
        where attempt_id = attempts.id and refunds.state = 'settled') as refunded_kopecks
    from attempts`
  const byNumber = new Map(attempts.map((attempt) => [attempt.orderNumber, attempt]))
  return orders.flatMap((order) => {
    const attempt = byNumber.get(order.orderNumber)
    if (!attempt) return [`the bank has order ${order.orderNumber}, we do not`]
    if (attempt.mdOrder !== null && attempt.mdOrder !== order.mdOrder)
      return [`attempt ${attempt.id} thinks of another order`]
    const { depositedKopecks, refundedKopecks } = order
    const isSame =
      depositedKopecks + refundedKopecks === attempt.capturedKopecks &&
      refundedKopecks === attempt.refundedKopecks
    const ours = `we ${attempt.capturedKopecks} and ${attempt.refundedKopecks}`
    return isSame
      ? []
      : [
          `attempt ${attempt.id} (${attempt.state}): the bank has ${depositedKopecks} and refunded ${refundedKopecks}, ${ours}`,
        ]
  })
}

/** The accounts say the same in sum, and nothing is on its way any more. */
export const accounts: Invariant = async ({ sql, orders }) => {
  const [held] = await sql<{ kopecks: number; transit: number }[]>`
    select coalesce(sum(amount_kopecks) filter (where account = 'acquiring'), 0)::bigint as kopecks,
      coalesce(sum(amount_kopecks) filter (where account = 'refunds-in-transit'), 0)::bigint as transit
    from ledger_entries`
  const atBank = orders.reduce((sum, { depositedKopecks }) => sum + depositedKopecks, 0)
  return [
    ...(held?.kopecks === atBank
      ? []
      : [`the bank holds ${atBank} for us, the ledger says ${held?.kopecks}`]),
    ...(held?.transit === 0 ? [] : [`${held?.transit} is still in transit`]),
  ]
}
