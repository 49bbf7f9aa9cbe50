import type { Sql } from '@kontora/postgres'
import type { Way } from '../attempts/attempt.ts'
import type { Bill, BilledLine, Movement } from './documents.ts'

/** What is exported was written before its export was queued: its absence is a bug. */
const found = <Row>(row: Row | undefined): Row => {
  if (row === undefined) throw new Error('Nothing to export under this id')
  return row
}

export const readBill = async (sql: Sql, invoiceId: string): Promise<Bill> => {
  const [invoice] = await sql<Omit<Bill, 'lines'>[]>`
    select id, number, user_id, amount_kopecks, issued_at from invoices where id = ${invoiceId}`
  const lines = await sql<BilledLine[]>`
    select title, quantity, price_kopecks, amount_kopecks, vat, vat_kopecks, percent
    from invoice_lines join vat_rates on code = vat
    where invoice_id = ${invoiceId} order by position`
  return { ...found(invoice), lines: [...lines] }
}

type Source = Movement & { invoiceId: string }

export const readPayment = async (sql: Sql, attemptId: string): Promise<Source & { way: Way }> => {
  const [payment] = await sql<(Source & { way: Way })[]>`
    select id, invoice_id, amount_kopecks, ended_at as at, way from attempts
    where id = ${attemptId} and state = 'settled'`
  return found(payment)
}

export const readRefund = async (sql: Sql, refundId: string): Promise<Source> => {
  const [refund] = await sql<Source[]>`
    select id, invoice_id, amount_kopecks, ended_at as at from refunds where id = ${refundId} and state = 'settled'`
  return found(refund)
}
