import type { Sql } from '@kontora/postgres'
import type { PayableInvoice } from './match.ts'

export type NumberKey = { legalEntityId: string; year: number; count: number }

const columns = (sql: Sql) => sql`
  invoices.id as invoice_id, invoices.legal_entity_id, user_id, number_year, number_count, state,
  amount_kopecks - paid_kopecks as left_kopecks, due_on::text as due_on,
  (issued_at at time zone 'Europe/Moscow')::date::text as issued_on`

/** Of whatever state: that a payer names one that is paid or cancelled has to be told. */
export const readNamed = async (sql: Sql, keys: readonly NumberKey[]): Promise<PayableInvoice[]> => {
  if (keys.length === 0) return []
  const rows = keys.map(({ legalEntityId, year, count }) => ({ seller: legalEntityId, year, count }))
  return sql<PayableInvoice[]>`
    select ${columns(sql)}
    from jsonb_to_recordset(${sql.json(rows)}) as key (seller uuid, year integer, count integer)
    join invoices on (invoices.legal_entity_id, number_year, number_count) = (key.seller, key.year, key.count)
    where state <> 'draft' order by invoices.id`
}

/** What these people have still to pay. */
export const readOwed = async (sql: Sql, userIds: readonly string[]): Promise<PayableInvoice[]> => {
  if (userIds.length === 0) return []
  return sql<PayableInvoice[]>`
    select ${columns(sql)}
    from jsonb_array_elements_text(${sql.json([...new Set(userIds)])}) as payer
    join invoices on user_id = payer::uuid
    where state in ('issued', 'expired') and paid_kopecks < amount_kopecks order by invoices.id`
}
