import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'

/** By whatever number somebody comes with: the invoice's, an attempt's, a refund's, ours or the bank's. */
export const findPayment = async (sql: Sql, key: string): Promise<string> => {
  const id = v.is(Id, key) ? key : null
  const found = await sql<{ id: string }[]>`
    select id from invoices where id = ${id}
    union select id from invoices where number collate "C" = ${key}
    union select invoice_id from attempts where id = ${id}
    union select invoice_id from attempts where order_number = ${key}
    union select invoice_id from attempts where md_order = ${key}
    union select invoice_id from refunds where id = ${id}
    union select invoice_id from refunds where refund_number = ${key}
    limit 2`
  const [payment, another] = found
  if (!payment) throw new Problem('not-found', 'No such payment')
  if (another) throw new Problem('conflict', 'Two payments are known by this; take the id of an invoice')
  return payment.id
}
