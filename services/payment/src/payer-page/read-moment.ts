import type { Sql } from '@kontora/postgres'
import type { Moment, PayerAttempt } from './phase.ts'

type Nullable<Fields> = { [Field in keyof Fields]: Fields[Field] | null }
type Row = Omit<Moment, 'attempt'> &
  Nullable<Omit<PayerAttempt, 'state' | 'amountKopecks'>> & {
    attemptState: PayerAttempt['state'] | null
    attemptKopecks: number | null
  }

/** One statement, so that an invoice and its attempt are of one moment. Whose it is was asked before. */
export const readMoment = async (sql: Sql, invoiceId: string): Promise<Moment> => {
  const [row] = await sql<Row[]>`
    select invoices.state, invoices.amount_kopecks, paid_kopecks, expires_at,
      (select count(*)::integer from receipts
        where receipts.invoice_id = invoices.id and receipts.state = 'delivered' and starts_with(ofd_url, 'https://')) as receipts,
      exists (select from receipts
        where receipts.invoice_id = invoices.id and receipts.state in ('expected', 'sent') and attempt_id is not null
      ) as is_receipt_due,
      latest.id as attempt_id, latest.state as attempt_state, latest.amount_kopecks as attempt_kopecks,
      pay_url, qr_payload, wants_qr, md_order is not null as is_order, started_at, ended_at
    from invoices left join lateral (
      select id, state, amount_kopecks, pay_url, qr_payload, wants_qr, md_order, started_at, ended_at
      from attempts where invoice_id = invoices.id
      order by state = 'quarantined' desc, started_at desc, id desc limit 1
    ) latest on true
    where invoices.id = ${invoiceId}`
  if (!row) throw new Error('The invoice was here a moment ago')
  const { state, amountKopecks, paidKopecks, expiresAt, receipts, isReceiptDue } = row
  return { state, amountKopecks, paidKopecks, expiresAt, receipts, isReceiptDue, attempt: attemptOf(row) }
}

const attemptOf = (row: Row): PayerAttempt | null => {
  const { attemptId, attemptState, attemptKopecks, startedAt, payUrl, qrPayload, endedAt } = row
  if (!attemptId || !attemptState || attemptKopecks === null || !startedAt) return null
  const told = { attemptId, state: attemptState, amountKopecks: attemptKopecks, payUrl, qrPayload }
  return { ...told, wantsQr: row.wantsQr === true, isOrder: row.isOrder === true, startedAt, endedAt }
}

export type VatShare = { percent: number | null; vatKopecks: number }
export type ShownReceipt = { kind: string; amountKopecks: number; ofdUrl: string }

export const readVat = async (sql: Sql, invoiceId: string): Promise<VatShare[]> => [
  ...(await sql<VatShare[]>`
    select percent, sum(vat_kopecks)::bigint as vat_kopecks from invoice_lines join vat_rates on code = vat
    where invoice_id = ${invoiceId} group by percent order by percent desc nulls last`),
]

/** Those that the operator of fiscal data shows; only a safe address is followed from a page of ours. */
export const readReceipts = async (sql: Sql, invoiceId: string): Promise<ShownReceipt[]> => [
  ...(await sql<ShownReceipt[]>`
    select kind, amount_kopecks, ofd_url from receipts
    where invoice_id = ${invoiceId} and state = 'delivered' and starts_with(ofd_url, 'https://') order by issued_at, id`),
]
