import type { Sql } from '@kontora/postgres'
import { dayOf, type InvoiceState, leftKopecks } from '../invoice.ts'
import { byteOrderMark, csvLine, roublesCell } from './csv.ts'
import { type InvoiceSearch, soughtBy } from './invoice-search.ts'

type Row = {
  id: string
  number: string | null
  seller: string
  userId: string
  state: InvoiceState
  amountKopecks: number
  paidKopecks: number
  vatKopecks: number
  dueOn: string | null
  issuedAt: Date | null
  expiresAt: Date | null
  paidAt: Date | null
}

/** Of the payer there is only his id: a file goes further than a page does. */
const columns: [string, (row: Row) => string | null][] = [
  ['Номер', ({ number }) => number],
  ['Продавец', ({ seller }) => seller],
  ['Плательщик', ({ userId }) => userId],
  ['Состояние', (row) => stateOf(row)],
  ['Сумма, ₽', ({ amountKopecks }) => roublesCell(amountKopecks)],
  ['В том числе НДС, ₽', ({ vatKopecks }) => roublesCell(vatKopecks)],
  ['Оплачено, ₽', ({ paidKopecks }) => roublesCell(paidKopecks)],
  ['Осталось, ₽', (row) => roublesCell(isOwed(row) ? leftKopecks(row) : 0)],
  ['Выставлен', ({ issuedAt }) => dayCell(issuedAt)],
  ['Оплатить до', ({ dueOn }) => dueOn],
  ['Действует до', ({ expiresAt }) => dayCell(expiresAt)],
  ['Оплачен', ({ paidAt }) => dayCell(paidAt)],
  ['Ключ', ({ id }) => id],
]

const stateNames: Record<InvoiceState, string> = {
  draft: 'черновик',
  issued: 'выставлен',
  paid: 'оплачен',
  cancelled: 'отменён',
  expired: 'просрочен и закрыт',
}

const isOwed = ({ state }: Row): boolean => state === 'issued'
const stateOf = (row: Row): string =>
  isOwed(row) && row.paidKopecks > 0 ? 'оплачен частично' : stateNames[row.state]
const dayCell = (time: Date | null): string | null => time && dayOf(time)

const atOnce = 500

/** The newest first; each page as it is when it is read, so that a slow reader holds neither a connection nor a snapshot. */
const readRows = (sql: Sql, where: ReturnType<Sql>, before: string | undefined): Promise<Row[]> => sql<Row[]>`
  select found.id, number, seller.name as seller, user_id, state, amount_kopecks, paid_kopecks,
    (select sum(vat_kopecks)::bigint from invoice_lines where invoice_id = found.id) as vat_kopecks,
    due_on::text as due_on, issued_at, expires_at, paid_at
  from (
    select id, number, legal_entity_id, legal_entity_version, user_id, state, amount_kopecks, paid_kopecks, due_on,
      issued_at, expires_at, paid_at
    from invoices where ${where} and ${before ? sql`id < ${before}` : sql`true`} order by id desc limit ${atOnce}
  ) found
  join legal_entities seller on seller.id = legal_entity_id
    and case when legal_entity_version is null then seller.replaced_at is null else seller.version = legal_entity_version end
  order by found.id desc`

async function* linesOf(sql: Sql, search: InvoiceSearch, time: Date): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns.map(([title]) => title))
  for (let last: string | undefined; ; ) {
    const rows = await readRows(sql, soughtBy(sql, search, time), last)
    if (rows.length > 0) yield rows.map((row) => csvLine(columns.map(([, cellOf]) => cellOf(row)))).join('')
    if (rows.length < atOnce) return
    last = rows.at(-1)?.id
  }
}

/** All that the search finds, as CSV for Excel. A page is read when the reader has taken the one before; a fault cuts the file off. */
export const exportInvoices = (sql: Sql, search: InvoiceSearch, time: Date): ReadableStream<Uint8Array> => {
  const lines = linesOf(sql, search, time)
  const utf8 = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(utf8.encode(value))
    },
    cancel: async () => {
      await lines.return(undefined)
    },
  })
}
