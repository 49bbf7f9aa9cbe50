import type { Transaction } from '@kontora/postgres'
import type { Payment } from './payment.ts'
import { rowsOf } from './rows.ts'

type Money = Pick<
  Payment,
  'attempts' | 'callbacks' | 'moves' | 'refunds' | 'decisions' | 'transfers' | 'ledger' | 'registry'
>

/** Sent one behind the other, answered together: one way to Postgres and back for all of them. */
export const readMoney = async (tx: Transaction, invoiceId: string): Promise<Money> => {
  const attemptIds = tx`select id from attempts where invoice_id = ${invoiceId}`
  const sources = tx`
    select ${invoiceId}::uuid union all ${attemptIds}
    union all select id from refunds where attempt_id in (${attemptIds})
    union all select id from hold_moves where attempt_id in (${attemptIds})
    union all select id from transfer_matches where invoice_id = ${invoiceId}`
  const [attempts, callbacks, moves, refunds, decisions, transfers, ledger, registry] = await Promise.all([
    rowsOf<Money['attempts'][number]>(tx`
      select id as attempt_id, acquirer, capture, state, reason, way, amount_kopecks, captured_kopecks, refunded_kopecks,
        order_number, md_order, started_at, opened_at, held_at, ended_at, start_at, ask_at
      from attempts where invoice_id = ${invoiceId} order by started_at, id`),
    rowsOf<Money['callbacks'][number]>(tx`
      select attempt_id, operation, status, received_at from bank_callbacks
      where attempt_id in (${attemptIds}) order by received_at, id`),
    rowsOf<Money['moves'][number]>(tx`
      select id as move_id, attempt_id, kind, amount_kopecks, state, failure, requested_by, requested_at, attempted_at, ended_at
      from hold_moves where attempt_id in (${attemptIds}) order by requested_at, id`),
    rowsOf<Money['refunds'][number]>(tx`
      select id as refund_id, attempt_id, amount_kopecks, state, failure, refund_number, requested_by, requested_at,
        attempted_at, accepted_at, ended_at
      from refunds where attempt_id in (${attemptIds}) order by requested_at, id`),
    rowsOf<Money['decisions'][number]>(tx`
      select subject, subject_id, outcome, amount_kopecks, state_before, reason, decided_by, decided_at
      from payment_decisions where subject_id in (${sources}) order by decided_at, id`),
    rowsOf<Money['transfers'][number]>(tx`
      select transfer_matches.id as match_id, transfer_id, direction, booked_on::text as booked_on,
        transfer_matches.amount_kopecks, applied_kopecks, rule, matched_by, matched_at, unmatched_by, unmatch_reason, unmatched_at
      from transfer_matches join transfers on transfers.id = transfer_id
      where invoice_id = ${invoiceId} order by matched_at, transfer_matches.id`),
    rowsOf<Money['ledger'][number]>(tx`
      with wanted as materialized (select ledger_kinds.kind, sources.id from ledger_kinds, (${sources}) as sources (id))
      select transaction_id, ledger_transactions.kind, source_id, made_at, account, amount_kopecks
      from wanted
      join ledger_transactions on ledger_transactions.kind = wanted.kind and source_id = wanted.id
      join ledger_entries on transaction_id = ledger_transactions.id
      order by made_at, transaction_id, position`),
    rowsOf<Money['registry'][number]>(tx`
      select order_number, kind, operated_on::text as operated_on, registry_lines.gross_kopecks,
        registry_lines.commission_kopecks, payouts.number as payout_number, paid_on::text as paid_on
      from registry_lines join payouts on payouts.id = payout_id
      where order_number in (select order_number from attempts where invoice_id = ${invoiceId})
      order by operated_on, registry_lines.id`),
  ])
  return { attempts, callbacks, moves, refunds, decisions, transfers, ledger, registry }
}
