import type { Transaction } from '@kontora/postgres'
import type { Payment } from './payment.ts'
import { rowsOf } from './rows.ts'

type Papers = Pick<Payment, 'receipts' | 'exports' | 'reminders' | 'letters' | 'differences'>

export const readPapers = async (tx: Transaction, invoiceId: string): Promise<Papers> => {
  const [receipts, exports, reminders, letters, differences] = await Promise.all([
    rowsOf<Papers['receipts'][number]>(tx`
      select id as receipt_id, attempt_id, kind, state, reason, amount_kopecks, bank_uuid, expected_at, told_at, delivered_at, alarmed_at
      from receipts where invoice_id = ${invoiceId} order by expected_at, id`),
    rowsOf<Papers['exports'][number]>(tx`
      select id as export_id, kind, document_id, state, attempts, reason_code, one_c_number, created_at, exported_at
      from exports where invoice_id = ${invoiceId} order by position`),
    rowsOf<Papers['reminders'][number]>(tx`
      select days, told_at from invoice_reminders where invoice_id = ${invoiceId} order by days`),
    rowsOf<Papers['letters'][number]>(tx`
      select message_id, kind, state, changed_at from letters where invoice_id = ${invoiceId} order by message_id`),
    rowsOf<Papers['differences'][number]>(tx`
      select type, day::text as day, subject_kind, subject, expected_kopecks, actual_kopecks, found_at
      from differences
      where gone_at is null and explained_at is null and subject in (
        select id::text from attempts where invoice_id = ${invoiceId}
        union all select id::text from refunds where invoice_id = ${invoiceId}
        union all select transfer_id::text from transfer_matches where invoice_id = ${invoiceId})
      order by found_at, id`),
  ])
  return { receipts, exports, reminders, letters, differences }
}
