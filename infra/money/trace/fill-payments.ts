import type { Sql } from '@kontora/postgres'

const seller = '00000000-0000-7000-8000-000000000001'
const amountKopecks = 1_220_000
const returnedKopecks = 220_000

/** The fourth part of an id tells what it is of. */
const kinds = {
  invoice: '8',
  attempt: '9',
  declined: 'a',
  payer: 'b',
  refund: 'c',
  booking: 'd',
} as const
type Kind = keyof typeof kinds

/** In SQL: the id of this kind of number `n`. */
const idOf = (kind: Kind, prefix = '00000000'): string =>
  `('${prefix}-0000-7000-${kinds[kind]}000-' || lpad(n::text, 12, '0'))::uuid`
export const invoiceIdOf = (n: number): string =>
  `00000000-0000-7000-${kinds.invoice}000-${String(n).padStart(12, '0')}`

const at = (seconds: number): string => `'2026-11-23T09:00:00Z'::timestamptz + interval '${seconds} seconds'`

/** `part` tells the movements of one payment apart. */
const book = (
  part: string,
  kind: string,
  source: Kind,
  accounts: [string, string],
  kopecks: number,
  of: string,
): string[] => [
  `insert into ledger_transactions (id, kind, source_id, made_at)
   select ${idOf('booking', part)}, '${kind}', ${idOf(source)}, ${at(1)} from ${of}`,
  `insert into ledger_entries (transaction_id, position, account, amount_kopecks)
   select ${idOf('booking', part)}, 0, ${accounts[0]}, ${kopecks} from ${of}
   union all select ${idOf('booking', part)}, 1, ${accounts[1]}, -${kopecks} from ${of}`,
]

const receivable = `'receivable:' || ${idOf('payer')}::text`

const callback = (attempt: Kind, operation: string, status: string, of: string): string =>
  `insert into bank_callbacks (id, hash, attempt_id, operation, status, fields, received_at)
   select gen_random_uuid(), md5('${attempt} ${operation} ' || n) || md5(n::text), ${idOf(attempt)}, '${operation}', '${status}', '{}', ${at(2)} from ${of}`

const letter = (part: string, kind: string, of: string): string =>
  `insert into letters (message_id, invoice_id, kind, state, changed_at)
   select ${idOf('invoice', part)}, ${idOf('invoice')}, '${kind}', 'delivered', ${at(5)} from ${of}`

const attempt = (
  kind: Kind,
  state: string,
  more: { way: string; captured: string; refunded: string; reason: string },
  of: string,
): string =>
  `insert into attempts (id, invoice_id, user_id, amount_kopecks, state, way, captured_kopecks, reason, order_number, md_order,
     pay_url, wants_qr, refunded_kopecks, started_at, opened_at, ended_at)
   select ${idOf(kind)}, ${idOf('invoice')}, ${idOf('payer')}, ${amountKopecks}, '${state}', ${more.way}, ${more.captured}, ${more.reason},
     '${kinds[kind]}' || lpad(n::text, 25, '0'), ${idOf(kind, '11111111')}, 'https://bank.test/', false, ${more.refunded}, ${at(1)}, ${at(1)}, ${at(2)}
   from ${of}`

const exported = (
  kind: string,
  source: Kind,
  more: { after: string; payment: string; way: string; kopecks: number },
  of: string,
): string =>
  `insert into exports (id, kind, after_id, document_id, invoice_id, user_id, payment_id, way, amount_kopecks, happened_at, state, attempts,
     one_c_number, created_at, exported_at)
   select ${idOf(source)}, '${kind}', ${more.after}, ${idOf(source)}, ${idOf('invoice')}, ${idOf('payer')}, ${more.payment}, ${more.way},
     ${more.kopecks}, ${at(3)}, 'exported', 1, n::text, ${at(3)}, ${at(4)} from ${of}`

const receipt = (kind: string, source: Kind, kopecks: number, of: string): string =>
  `insert into receipts (id, kind, source_id, invoice_id, attempt_id, user_id, amount_kopecks, state, bank_uuid, expected_at, delivered_at)
   select ${idOf(source, '22222222')}, '${kind}', ${idOf(source)}, ${idOf('invoice')}, ${idOf('attempt')}, ${idOf('payer')}, ${kopecks},
     'delivered', '${kind}-' || n, ${at(3)}, ${at(4)} from ${of}`

const none = 'null'
const card = `'card'`

/**
 * Payments from `first` on, each with a declined and a settled attempt, their callbacks, movements, letters, a receipt and
 * documents of 1С; of each tenth a part was given back. Whoever fills has switched off what watches each step of a state.
 */
export const fillPayments = async (sql: Sql, first: number, count: number): Promise<void> => {
  const all = `generate_series(${first}, ${first + count - 1}) as n`
  const returned = `(select n from ${all} where n % 10 = 0) as returned`
  const settled = { way: card, captured: String(amountKopecks), reason: none }
  const statements = [
    `insert into invoices (id, number, number_year, number_count, legal_entity_id, legal_entity_version, user_id, amount_kopecks,
       paid_kopecks, state, drafted_by, drafted_at, issued_by, issued_at, paid_at)
     select ${idOf('invoice')}, '2026-' || lpad(n::text, 7, '0'), 2026, n, '${seller}', 1, ${idOf('payer')}, ${amountKopecks}, ${amountKopecks},
       'paid', 'bench', ${at(0)}, 'bench', ${at(0)}, ${at(2)} from ${all}`,
    attempt('declined', 'failed', { way: none, captured: none, refunded: '0', reason: `'declined'` }, all),
    attempt(
      'attempt',
      'settled',
      { ...settled, refunded: `case when n % 10 = 0 then ${returnedKopecks} else 0 end` },
      all,
    ),
    callback('declined', 'declinedByTimeout', '0', all),
    callback('attempt', 'approved', '1', all),
    callback('attempt', 'deposited', '1', all),
    ...book('00000000', 'invoice-issued', 'invoice', [receivable, `'invoiced'`], amountKopecks, all),
    ...book('00000001', 'attempt-settled', 'attempt', [`'acquiring'`, receivable], amountKopecks, all),
    letter('00000000', 'invoice-issued', all),
    letter('00000001', 'invoice-paid', all),
    receipt('sale', 'attempt', amountKopecks, all),
    exported('invoice', 'invoice', { after: none, payment: none, way: none, kopecks: amountKopecks }, all),
    exported(
      'payment',
      'attempt',
      { after: idOf('invoice'), payment: none, way: card, kopecks: amountKopecks },
      all,
    ),
    `insert into refunds (id, attempt_id, invoice_id, user_id, amount_kopecks, reason, state, refund_number, requested_by, requested_at,
       attempted_at, refunded_before_kopecks, deposited_before_kopecks, accepted_at, ended_at)
     select ${idOf('refund')}, ${idOf('attempt')}, ${idOf('invoice')}, ${idOf('payer')}, ${returnedKopecks}, 'bench', 'settled',
       'r' || lpad(n::text, 25, '0'), 'bench', ${at(6)}, ${at(7)}, 0, ${amountKopecks}, ${at(7)}, ${at(8)} from ${returned}`,
    callback('attempt', 'refunded', '1', returned),
    ...book(
      '00000002',
      'refund-requested',
      'refund',
      [`'returns'`, `'refunds-in-transit'`],
      returnedKopecks,
      returned,
    ),
    ...book(
      '00000003',
      'refund-settled',
      'refund',
      [`'refunds-in-transit'`, `'acquiring'`],
      returnedKopecks,
      returned,
    ),
    letter('00000002', 'refund-settled', returned),
    receipt('refund', 'refund', returnedKopecks, returned),
    exported(
      'refund',
      'refund',
      { after: idOf('attempt'), payment: idOf('attempt'), way: none, kopecks: returnedKopecks },
      returned,
    ),
  ]
  for (const statement of statements) await sql.unsafe(statement)
}
