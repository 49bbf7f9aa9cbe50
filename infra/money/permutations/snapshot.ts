import type { BegunPayment, Stand } from './payment.ts'

/** How a payment has ended, without ids and times. That an end came before late money may be told, or not have been seen. */
export const snapshotOf = async ({ payment }: Stand, begun: BegunPayment): Promise<object> => {
  const { sql, bank } = payment
  const { attemptId, invoiceId, mdOrder } = begun
  const [attempt] = await sql`
    select state, reason, amount_kopecks, refunded_kopecks, ask_at, start_at from attempts where id = ${attemptId}`
  const [invoice] =
    await sql`select state, amount_kopecks, paid_kopecks from invoices where id = ${invoiceId}`
  const refunds = await sql`select state, amount_kopecks, ask_at from refunds where attempt_id = ${attemptId}`
  const ledger = await sql`
    select kind, split_part(account, ':', 1) as account, amount_kopecks from ledger_transactions
    join ledger_entries on transaction_id = ledger_transactions.id
    where source_id in (
      select ${attemptId}::uuid union select ${invoiceId}::uuid
      union select id from refunds where attempt_id = ${attemptId})
    order by kind, position`
  const events = await sql<{ type: string }[]>`
    select type from outbox where subject = ${invoiceId} and type <> 'payment.attempt-failed' order by position`
  const callbacks = await sql`
    select operation, count(*) from bank_callbacks where attempt_id = ${attemptId} group by operation order by operation`
  const { depositedAmount, refundedAmount } = await bank.ask('GET', `orders/${mdOrder}`)
  return {
    attempt,
    invoice,
    refunds: [...refunds],
    ledger: [...ledger],
    events: events.map(({ type }) => type),
    callbacks: [...callbacks],
    bank: { depositedAmount, refundedAmount },
  }
}
