import type { Sql } from '@kontora/postgres'

export const amountKopecks = 1_220_000

/** Number → the ids of its rows, in SQL and here alike. */
const text = (number: number): string => String(number).padStart(12, '0')
export const attemptIdOf = (number: number): string => `00000000-0000-7000-9000-${text(number)}`
export const mdOrderOf = (number: number): string => `00000000-0000-7000-a000-${text(number)}`
export const orderNumberOf = (number: number): string => String(number).padStart(26, '0')

const seller = '00000000-0000-7000-8000-000000000001'

/** Invoices from `first` on that are issued, booked and queued for 1С, each with an order that is open at the bank. */
export const fillAttempts = async (sql: Sql, first: number, count: number): Promise<void> => {
  // Planted as they stand in the end: the database lets none begin so.
  await sql`alter table invoices disable trigger invoices_transition`
  await sql`alter table attempts disable trigger attempts_transition`
  try {
    await plant(sql, first, count)
  } finally {
    await sql`alter table invoices enable trigger invoices_transition`
    await sql`alter table attempts enable trigger attempts_transition`
  }
}

const plant = async (sql: Sql, first: number, count: number): Promise<void> => {
  const time = new Date()
  const numbers = sql`
    select n, lpad(n::text, 12, '0') as digits from generate_series(${first}::int, ${first + count - 1}::int) as n`
  await sql`
    with rows as materialized (
      select n, ('00000000-0000-7000-8000-' || digits)::uuid as invoice, ('00000000-0000-7000-9000-' || digits)::uuid as attempt,
        ('00000000-0000-7000-a000-' || digits) as md_order, ('00000000-0000-7000-b000-' || digits)::uuid as payer,
        ('00000000-0000-7000-c000-' || digits)::uuid as booking
      from (${numbers}) as numbers
    ), invoiced as (
      insert into invoices (id, number, number_year, number_count, legal_entity_id, legal_entity_version, user_id, amount_kopecks,
        state, drafted_by, drafted_at, issued_by, issued_at)
      select invoice, n::text, 2026, n, ${seller}, 1, payer, ${amountKopecks}, 'issued', 'bench', ${time}, 'bench', ${time} from rows
    ), booked as (
      insert into ledger_transactions (id, kind, source_id, made_at) select booking, 'invoice-issued', invoice, ${time} from rows
    ), entered as (
      insert into ledger_entries (transaction_id, position, account, amount_kopecks)
      select booking, position, case position when 0 then 'receivable:' || payer else 'invoiced' end,
        case position when 0 then ${amountKopecks}::bigint else -${amountKopecks}::bigint end
      from rows, generate_series(0, 1) as position
    ), exported as (
      insert into exports (id, kind, document_id, invoice_id, user_id, amount_kopecks, happened_at, state, attempts, created_at, exported_at)
      select invoice, 'invoice', invoice, invoice, payer, ${amountKopecks}, ${time}, 'exported', 1, ${time}, ${time} from rows
    )
    insert into attempts (id, invoice_id, user_id, amount_kopecks, state, order_number, md_order, pay_url, wants_qr,
      refunded_kopecks, started_at, opened_at)
    select attempt, invoice, payer, ${amountKopecks}, 'open', lpad(n::text, 26, '0'), md_order, 'https://bank.test/', false, 0,
      ${time}, ${time} from rows`
}
