import type { Invariant } from './invariant.ts'

/** Debits equal credits to the kopeck, in all and in each transaction. */
export const balances: Invariant = async ({ sql }) => {
  const wrong = await sql<{ id: string; kopecks: number }[]>`
    select transaction_id as id, sum(amount_kopecks)::bigint as kopecks from ledger_entries
    group by transaction_id having sum(amount_kopecks) <> 0`
  return wrong.map(({ id, kopecks }) => `transaction ${id} is ${kopecks} kopecks out of balance`)
}

/** What each row of business should have booked, and nothing else, once each. */
export const bookedOnce: Invariant = async ({ sql }) => {
  const wrong = await sql<{ kind: string; sourceId: string; booked: number; due: number }[]>`
    with due as (
      select 'invoice-issued' as kind, id as source_id, amount_kopecks from invoices
      union all select 'invoice-cancelled', id, amount_kopecks from invoices where state = 'cancelled'
      union all select 'attempt-settled', id, amount_kopecks from attempts where state = 'settled'
      union all select 'refund-requested', id, amount_kopecks from refunds
      union all select 'refund-' || state, id, amount_kopecks from refunds where state in ('settled', 'failed')
    ), booked as (
      select kind, source_id, sum(amount_kopecks) filter (where amount_kopecks > 0)::bigint as amount_kopecks
      from ledger_transactions join ledger_entries on transaction_id = ledger_transactions.id
      group by ledger_transactions.id, kind, source_id
    )
    select coalesce(due.kind, booked.kind) as kind, coalesce(due.source_id, booked.source_id) as source_id,
      coalesce(booked.amount_kopecks, 0) as booked, coalesce(due.amount_kopecks, 0) as due
    from due full join booked on booked.kind = due.kind and booked.source_id = due.source_id
    where due.amount_kopecks is distinct from booked.amount_kopecks`
  return wrong.map(({ kind, sourceId, booked, due }) => `${kind} of ${sourceId} booked ${booked}, not ${due}`)
}
