import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { ClientFault } from '../../client/ask-client.ts'
import type { Resources } from '../../resources.ts'
import { dayOf, leftKopecks } from '../invoice.ts'
import { paymentPurpose } from '../payment-purpose.ts'
import type { InvoiceSheet, SheetLine, SheetPayer, SheetSeller, VatShare } from './invoice-sheet.ts'

type Row = Pick<InvoiceSheet, 'state' | 'number' | 'dueOn' | 'amountKopecks' | 'paidKopecks'> & {
  userId: string
  issuedAt: Date | null
  draftedAt: Date
  sbpLink: string | null
  sbpKopecks: number | null
} & { [Field in keyof SheetSeller]: SheetSeller[Field] | null }

type Line = SheetLine & { vatKopecks: number }

type Read = Pick<Resources, 'sql' | 'readRequisites'>

/**
 * What an invoice shows now: its seller as he was on the day of its issue (of a draft, as he is), its payer by today's name, and
 * НСПК's link while an order with one is open. Whose it is was asked before.
 */
export const readSheet = async ({ sql, readRequisites }: Read, invoiceId: string): Promise<InvoiceSheet> => {
  const [row] = await readRow(sql, invoiceId)
  if (!row) throw new Problem('not-found', 'No such invoice')
  const { state, number, dueOn, amountKopecks, paidKopecks, issuedAt } = row
  const seller = sellerOf(row)
  const payer = await payerOf(readRequisites, row.userId)
  const lines = await sql<Line[]>`
    select title, quantity, price_kopecks, discount_kopecks, amount_kopecks, vat_kopecks, percent as vat_percent
    from invoice_lines join vat_rates on code = vat
    where invoice_id = ${invoiceId} order by position`
  const vat = vatShares(lines)
  const sums = { amountKopecks, paidKopecks, leftKopecks: leftKopecks(row), vat }
  const issuedOn = issuedAt && dayOf(issuedAt)
  return {
    ...{ state, number, issuedOn, dueOn, amountKopecks, paidKopecks, seller, payer, vat },
    createdAt: issuedAt ?? row.draftedAt,
    lines: lines.map(({ vatKopecks: _, ...line }) => line),
    purpose: number && issuedOn ? paymentPurpose({ number, issuedOn, ...sums }) : '',
    sbp: row.sbpLink && row.sbpKopecks ? { link: row.sbpLink, amountKopecks: row.sbpKopecks } : null,
  }
}

/** One statement: a payment that comes between two would show as half of it. */
const readRow = (sql: Sql, invoiceId: string): Promise<Row[]> => sql<Row[]>`
  select invoices.state, number, due_on::text as due_on, invoices.amount_kopecks, paid_kopecks, invoices.user_id,
    issued_at, drafted_at, qr_payload as sbp_link, attempts.amount_kopecks as sbp_kopecks,
    full_name as name, name as short_name, inn, kpp, address, bank_account as account, bank_name, bik,
    correspondent_account, director, accountant
  from invoices
  join legal_entities on legal_entities.id = legal_entity_id and case
    when legal_entity_version is null then replaced_at is null else version = legal_entity_version end
  left join attempts on invoice_id = invoices.id and attempts.state = 'open' and qr_payload is not null
  where invoices.id = ${invoiceId}`

const sellerOf = (row: Row): SheetSeller => {
  const { kpp, address, director, accountant } = row
  const { name, shortName, inn, account, bankName, bik, correspondentAccount } = row
  const known = { name, shortName, inn, account, bankName, bik, correspondentAccount }
  if (!isWhole(known)) throw new Problem('conflict', 'The legal entity has no requisites yet')
  return { ...known, kpp, address, director, accountant }
}

const isWhole = <Fields extends object>(
  fields: Fields,
): fields is { [Field in keyof Fields]: NonNullable<Fields[Field]> } & Fields =>
  Object.values(fields).every((value) => value !== null)

const payerOf = async (read: Read['readRequisites'], userId: string): Promise<SheetPayer> => {
  try {
    const payer = await read(userId)
    // Whom `client` has erased is named no more, and owes or has paid all the same.
    return payer ? { name: payer.displayName, inn: payer.inn, kpp: payer.kpp } : unnamed
  } catch (error) {
    if (!(error instanceof ClientFault)) throw error
    throw new Problem('unavailable', 'The payer cannot be named now', { retryAfterSeconds: 5 })
  }
}

const unnamed: SheetPayer = { name: '—', inn: null, kpp: null }

/** In the order in which rates first stand in the lines. */
const vatShares = (lines: Line[]): VatShare[] =>
  [...Map.groupBy(lines, ({ vatPercent }) => vatPercent)].map(([percent, ofRate]) => ({
    percent,
    vatKopecks: ofRate.reduce((sum, { vatKopecks }) => sum + vatKopecks, 0),
  }))
