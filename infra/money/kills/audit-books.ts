import type { Sql } from '@kontora/postgres'
import type { Story } from './payers.ts'

/** Of one kind of effect: how many there should be, how many of them are not there, and how many are there beyond that. */
export type Finding = { kind: string; expected: number; lost: number; doubled: number }

export const compare = (kind: string, wanted: Iterable<string>, found: readonly string[]): Finding => {
  const expected = new Set(wanted)
  const there = new Set(found)
  const lost = [...expected].filter((one) => !there.has(one)).length
  const strange = [...there].filter((one) => !expected.has(one)).length
  return { kind, expected: expected.size, lost, doubled: found.length - there.size + strange }
}

type Row = { key: string }
const keys = (rows: Row[]): string[] => rows.map(({ key }) => key)

/** One row a thing that happened, from the states: what the ledger, the events and the exports must tell of. */
const happened = (sql: Sql) => sql`
  select 'invoice-issued' as kind, id, amount_kopecks as kopecks from invoices where issued_at is not null
  union all select 'invoice-paid', id, amount_kopecks from invoices where state = 'paid'
  union all select 'attempt-started', id, amount_kopecks from attempts
  union all select 'attempt-settled', id, amount_kopecks from attempts where state = 'settled'
  union all select 'attempt-failed', id, amount_kopecks from attempts where state in ('failed', 'expired', 'reversed')
  union all select 'refund-requested', id, amount_kopecks from refunds
  union all select 'refund-' || state, id, amount_kopecks from refunds where state in ('settled', 'failed')`

const booked = ['invoice-issued', 'attempt-settled', 'refund-requested', 'refund-settled', 'refund-failed']

/** Kind, source and sum; one that has other than two sides, or two sums, is none of what is wanted. */
export const auditLedger = async (sql: Sql): Promise<Finding> => {
  const wanted = await sql<Row[]>`
    select kind || ' ' || id || ' ' || kopecks as key from (${happened(sql)}) as happened where kind in ${sql(booked)}`
  const found = await sql<Row[]>`
    select kind || ' ' || source_id || ' ' || case when count(*) = 2 and sum(amount_kopecks) = 0
      then max(amount_kopecks) else 0 end as key
    from ledger_transactions join ledger_entries on transaction_id = id group by id`
  return compare('ledger', keys(wanted), keys(found))
}

const exported = ['invoice-issued', 'attempt-settled', 'refund-settled']

/** Of each event that must be: its row in the outbox, sent; `ids` are those that the log must hold. */
export const auditOutbox = async (sql: Sql): Promise<Finding & { ids: string[] }> => {
  const wanted = await sql<Row[]>`
    select kind || ' ' || id as key from (${happened(sql)}) as happened
    union all select 'exported ' || id from (${happened(sql)}) as happened where kind in ${sql(exported)}`
  const found = await sql<(Row & { id: string })[]>`
    select id, replace(type, 'payment.', '') || ' ' ||
      coalesce(data ->> 'refundId', data ->> 'attemptId', data ->> 'invoiceId', data ->> 'id') as key
    from outbox where sent_at is not null`
  return { ...compare('events', keys(wanted), keys(found)), ids: found.map(({ id }) => id) }
}

export const auditExports = async (sql: Sql): Promise<Finding> => {
  const wanted = await sql<Row[]>`
    select id as key from (${happened(sql)}) as happened where kind in ${sql(exported)}`
  const found = await sql<Row[]>`select id as key from exports where state = 'exported'`
  return compare('exports', keys(wanted), keys(found))
}

/** What payers were answered or have seen is there, and nothing besides; each invoice was paid by one attempt. */
export const auditStories = async (sql: Sql, told: readonly Story[]): Promise<Finding[]> => {
  const invoices = await sql<Row[]>`
    select id || ' ' || amount_kopecks as key from invoices where state = 'paid'
    union all select id || ' unpaid' from invoices where state <> 'paid'`
  const settled = await sql<Row[]>`
    select invoice_id || ' ' || id as key from attempts where state = 'settled'`
  const refunds = await sql<Row[]>`select id as key from refunds where state in ('settled', 'failed')`
  const numbers = await sql<Row[]>`select number_count::text as key from invoices`
  return [
    compare(
      'invoices',
      told.map(({ invoiceId, amountKopecks }) => `${invoiceId} ${amountKopecks}`),
      keys(invoices),
    ),
    compare(
      'attempts',
      told.map(({ invoiceId, attemptId }) => `${invoiceId} ${attemptId}`),
      keys(settled),
    ),
    compare(
      'refunds',
      told.flatMap(({ refundId }) => refundId ?? []),
      keys(refunds),
    ),
    compare(
      'numbers',
      told.map((_, i) => String(i + 1)),
      keys(numbers),
    ),
  ]
}
