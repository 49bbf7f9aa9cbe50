import type { Invariant } from './invariant.ts'

type Attempt = {
  id: string
  orderNumber: string
  mdOrder: string | null
  state: string
  amountKopecks: number
  refundedKopecks: number
}

/** What the bank has of each order is what we have booked of it. What is quarantined, an operator sees. */
export const bankBook: Invariant = async ({ sql, orders }) => {
  const attempts = await sql<Attempt[]>`
    select id, order_number, md_order, state, amount_kopecks,
      (select coalesce(sum(amount_kopecks), 0)::bigint from refunds
        where attempt_id = attempts.id and refunds.state = 'settled') as refunded_kopecks
    from attempts`
  const byNumber = new Map(attempts.map((attempt) => [attempt.orderNumber, attempt]))
  return orders.flatMap((order) => {
    const attempt = byNumber.get(order.orderNumber)
    if (!attempt) return [`the bank has order ${order.orderNumber}, we do not`]
    if (attempt.mdOrder !== null && attempt.mdOrder !== order.mdOrder)
      return [`attempt ${attempt.id} thinks of another order`]
    if (attempt.state === 'quarantined') return []
    const captured = attempt.state === 'settled' ? attempt.amountKopecks : 0
    const { depositedKopecks, refundedKopecks } = order
    return depositedKopecks + refundedKopecks === captured && refundedKopecks === attempt.refundedKopecks
      ? []
      : [
          `attempt ${attempt.id} (${attempt.state}): the bank has ${depositedKopecks} and refunded ${refundedKopecks}, we ${captured} and ${attempt.refundedKopecks}`,
        ]
  })
}

/** The accounts say the same in sum. */
export const accounts: Invariant = async ({ sql, orders }) => {
  const [held] = await sql<{ kopecks: number }[]>`
    select coalesce(sum(amount_kopecks), 0)::bigint as kopecks from ledger_entries where account = 'acquiring'`
  const [transit] = await sql<{ kopecks: number; due: number }[]>`
    select coalesce(-sum(amount_kopecks), 0)::bigint as kopecks,
      (select coalesce(sum(amount_kopecks), 0)::bigint from refunds where state not in ('settled', 'failed')) as due
    from ledger_entries where account = 'refunds-in-transit'`
  const apart = await sql<{ orderNumber: string }[]>`
    select order_number from attempts where state = 'quarantined'`
  const looked = new Set(apart.map(({ orderNumber }) => orderNumber))
  const atBank = orders
    .filter(({ orderNumber }) => !looked.has(orderNumber))
    .reduce((sum, { depositedKopecks }) => sum + depositedKopecks, 0)
  return [
    ...(held?.kopecks === atBank
      ? []
      : [`the bank holds ${atBank} for us, the ledger says ${held?.kopecks}`]),
    ...(transit?.kopecks === transit?.due
      ? []
      : [`${transit?.kopecks} in transit, ${transit?.due} under way`]),
  ]
}
