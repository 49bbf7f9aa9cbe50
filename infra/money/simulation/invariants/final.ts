import type { Invariant } from './invariant.ts'

type Row = { id: string; state: string }

const isFinal = ['settled', 'failed', 'expired', 'reversed', 'quarantined']

/** Every payment has ended, or stands before an operator's eyes as quarantined. */
export const paymentsFinal: Invariant = async ({ sql }) => {
  const open = await sql<Row[]>`
    select id, state from attempts where state not in ${sql(isFinal)} or ask_at is not null or start_at is not null`
  return open.map(({ id, state }) => `attempt ${id} is still ${state}, or still has something due`)
}

/** Every refund has ended. Where the bank cannot tell a repeat, an unknown one waits for an operator, and others behind it. */
export const refundsFinal: Invariant = async ({ sql, isVerified }) => {
  const open = await sql<Row[]>`
    select id, state from refunds where state not in ('settled', 'failed') and not (${!isVerified} and exists (
      select from refunds unknown where unknown.attempt_id = refunds.attempt_id and unknown.state = 'unknown'))`
  return open.map(({ id, state }) => `refund ${id} is still ${state}`)
}
