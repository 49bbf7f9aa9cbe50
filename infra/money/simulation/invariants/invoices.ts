import type { Invariant } from './invariant.ts'

type Wrong = { id: string; state: string; paidKopecks: number; cameKopecks: number }

/** What came for an invoice has paid it, up to its amount; a cancelled one takes nothing. */
export const invoicesAgree: Invariant = async ({ sql }) => {
  const wrong = await sql<Wrong[]>`
    select id, state, paid_kopecks, came_kopecks from (
      select id, state, amount_kopecks, paid_kopecks, (
        select coalesce(sum(captured_kopecks), 0)::bigint from attempts
        where invoice_id = invoices.id and attempts.state = 'settled') as came_kopecks
      from invoices) summed
    where paid_kopecks <> case state when 'cancelled' then 0 else least(came_kopecks, amount_kopecks) end`
  return wrong.map(
    ({ id, state, paidKopecks, cameKopecks }) =>
      `invoice ${id} (${state}) has ${paidKopecks} paid, and ${cameKopecks} came`,
  )
}

/** No invoice can be paid longer than its time, unless money came after all. */
export const invoicesExpire: Invariant = async ({ sql }) => {
  const wrong = await sql<{ id: string; state: string }[]>`
    select id, state from invoices
    where expiry_ask_at is not null or (state = 'issued' and expires_at is not null)`
  return wrong.map(({ id, state }) => `invoice ${id} is still ${state}, though its time is over`)
}
