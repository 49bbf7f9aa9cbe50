import type { Sql } from '@kontora/postgres'

/** Everything that is known of one payment, for an operator: no name and no address is in it. */
export const showPayment = async (sql: Sql, attemptId: string): Promise<object | undefined> => {
  const [attempt] = await sql<Record<string, unknown>[]>`
    select id, invoice_id, user_id, acquirer, capture, amount_kopecks, captured_kopecks, state, order_number, md_order, way, reason, refunded_kopecks,
      started_at, opened_at, held_at, ended_at, start_at, ask_at
    from attempts where id = ${attemptId}`
  if (!attempt) return undefined
  const invoiceId = String(attempt.invoiceId)
  const [invoice] = await sql`
    select number, state, amount_kopecks, paid_kopecks, issued_at, paid_at from invoices where id = ${invoiceId}`
  const callbacks = await sql`
    select operation, status, received_at from bank_callbacks where attempt_id = ${attemptId} order by received_at`
  const refunds = await sql`
    select id, state, amount_kopecks, refund_number, requested_at, attempted_at, accepted_at, ended_at, failure
    from refunds where attempt_id = ${attemptId} order by requested_at`
  const moves = await sql`
    select id, kind, amount_kopecks, state, failure, requested_at, attempted_at, ended_at
    from hold_moves where attempt_id = ${attemptId} order by requested_at`
  const decisions = await sql`
    select subject, subject_id, outcome, amount_kopecks, state_before, reason, decided_by, decided_at
    from payment_decisions
    where subject_id in (
      select ${attemptId}::uuid union select id from refunds where attempt_id = ${attemptId}
      union select id from hold_moves where attempt_id = ${attemptId})
    order by decided_at`
  const ledger = await sql`
    select kind, account, amount_kopecks, made_at from ledger_transactions
    join ledger_entries on transaction_id = ledger_transactions.id
    where source_id in (
      select ${attemptId}::uuid union select ${invoiceId}::uuid
      union select id from refunds where attempt_id = ${attemptId})
    order by made_at, kind, position`
  const receipts = await sql`
    select id, kind, state, reason, amount_kopecks, bank_uuid, expected_at, told_at, delivered_at, alarmed_at
    from receipts where attempt_id = ${attemptId} order by expected_at, id`
  const exports = await sql`
    select kind, document_id, state, attempts, reason_code, one_c_number, exported_at from exports
    where invoice_id = ${invoiceId} order by position`
  return { attempt, invoice, callbacks, moves, refunds, decisions, receipts, ledger, exports }
}
