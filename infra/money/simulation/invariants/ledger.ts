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
      select 'invoice-issued' as kind, id as source_id, amount_kopecks from invoices where issued_at is not null
      union all select 'invoice-cancelled', id, amount_kopecks from invoices
        where state = 'cancelled' and issued_at is not null
      union all select 'invoice-expired', id, amount_kopecks - paid_kopecks from invoices where state = 'expired'
      union all select 'attempt-settled', id, captured_kopecks from attempts where state = 'settled'
      union all select 'refund-requested', id, amount_kopecks from refunds
      union all select 'refund-' || state, id, amount_kopecks from refunds where state in ('settled', 'failed')
    ), booked as (
      select kind, source_id, sum(amount_kopecks) filter (where amount_kopecks > 0)::bigint as amount_kopecks
      from ledger_transactions join ledger_entries on transaction_id = ledger_transactions.id
      where not exists (
        -- An expiry that late money has undone.
        select from ledger_transactions revived
        where revived.kind = 'invoice-revived' and revived.source_id = ledger_transactions.source_id
          and ledger_transactions.kind in ('invoice-expired', 'invoice-revived'))
      group by ledger_transactions.id, kind, source_id
    )
    select coalesce(due.kind, booked.kind) as kind, coalesce(due.source_id, booked.source_id) as source_id,
      coalesce(booked.amount_kopecks, 0) as booked, coalesce(due.amount_kopecks, 0) as due
    from due full join booked on booked.kind = due.kind and booked.source_id = due.source_id
    where due.amount_kopecks is distinct from booked.amount_kopecks`
  return wrong.map(({ kind, sourceId, booked, due }) => `${kind} of ${sourceId} booked ${booked}, not ${due}`)
}

type Payer = { userId: string; owes: number; due: number }

/** A payer owes what is left of his invoices; below zero is what he paid too much. */
export const payersOwe: Invariant = async ({ sql }) => {
  const wrong = await sql<Payer[]>`
    select user_id, owes, due from (
      select user_id,
        (select coalesce(sum(amount_kopecks), 0)::bigint from ledger_entries
          where account = 'receivable:' || user_id) as owes,
        (sum(case state when 'expired' then paid_kopecks when 'cancelled' then 0 when 'draft' then 0 else amount_kopecks end)
          - (select coalesce(sum(captured_kopecks), 0) from attempts
            where attempts.user_id = invoices.user_id and attempts.state = 'settled'))::bigint as due
      from invoices group by user_id) summed
    where owes <> due`
  return wrong.map(
    ({ userId, owes, due }) => `payer ${userId} owes ${owes} by the ledger, and ${due} in fact`,
  )
}
