import type { Invariant } from './invariant.ts'

type Row = { id: string; state: string }

/** What was shown to an operator has been decided too, so every payment has ended. */
export const paymentsFinal: Invariant = async ({ sql }) => {
  const open = await sql<Row[]>`
    select id, state from attempts
    where state not in ('settled', 'failed', 'expired', 'reversed') or ask_at is not null or start_at is not null`
  return open.map(({ id, state }) => `attempt ${id} is still ${state}, or still has something due`)
}

export const refundsFinal: Invariant = async ({ sql }) => {
  const open = await sql<Row[]>`select id, state from refunds where state not in ('settled', 'failed')`
  return open.map(({ id, state }) => `refund ${id} is still ${state}`)
}

export const movesFinal: Invariant = async ({ sql }) => {
  const open = await sql<Row[]>`select id, state from hold_moves where state not in ('done', 'failed')`
  return open.map(({ id, state }) => `move ${id} is still ${state}`)
}
