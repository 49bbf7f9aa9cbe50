import { transaction } from '@kontora/postgres'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import { bookMany } from '../../../services/payment/src/ledger/book-many.ts'
import { entriesOf } from '../../../services/payment/src/ledger/entries.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'
import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { matchTransfers } from '../../../services/payment/src/transfers/match-transfers.ts'
import { inWindows1251, writeStatement } from '../../simulators/vtb/books/write-statement.ts'
import type { GeneratedDay, GeneratedInvoice, GeneratedLine, GeneratedPayer } from './generate-day.ts'

export const day = '2026-11-23'
const openingKopecks = 5_000_000_000_000
const atOnce = 5000

const chunks = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / atOnce) }, (_, i) =>
    items.slice(i * atOnce, (i + 1) * atOnce),
  )

/** As `client` would answer. */
const finderOf = (payers: readonly GeneratedPayer[]): Resources['findPayers'] => {
  const known = payers.filter(({ isKnown }) => isKnown)
  const tell = ({ userId, inn, name }: GeneratedPayer) => ({ userId, inn, displayName: name })
  const byId = new Map(known.map((payer) => [payer.userId, tell(payer)]))
  const byInn = new Map(known.flatMap((payer) => (payer.inn ? [[payer.inn, tell(payer)] as const] : [])))
  return async ({ userIds = [], inns = [] }) => [
    ...userIds.flatMap((id) => byId.get(id) ?? []),
    ...inns.flatMap((inn) => byInn.get(inn) ?? []),
  ]
}

/** Issued long ago, all at once: how that is done is another proof's matter. */
const issueAll = async (resources: Resources, invoices: readonly GeneratedInvoice[]): Promise<void> => {
  for (const some of chunks(invoices))
    await transaction(resources.sql, async (tx) => {
      const rows = some.map((invoice) => ({
        ...invoice,
        number: `${invoice.year}-${String(invoice.count).padStart(6, '0')}`,
      }))
      await tx`
        insert into invoices (id, user_id, amount_kopecks, state, due_on, drafted_by, drafted_at, legal_entity_id)
        select "invoiceId", "userId", "amountKopecks", 'draft', "dueOn", 'proof', "issuedOn" + time '12:00', ${simulatedSellerId}
        from jsonb_to_recordset(${tx.json(rows)}) as row (
          "invoiceId" uuid, "userId" uuid, "amountKopecks" bigint, "dueOn" date, "issuedOn" date)`
      await tx`
        update invoices set state = 'issued', number = row.number, issued_by = 'proof', issued_at = drafted_at,
          legal_entity_version = 1, number_year = year, number_count = count
        from jsonb_to_recordset(${tx.json(rows)}) as row ("invoiceId" uuid, number text, year integer, count integer)
        where id = "invoiceId"`
      await tx`
        insert into exports (id, kind, state, attempts, created_at, document_id, invoice_id, user_id, amount_kopecks, happened_at)
        select id, 'invoice', 'waiting', 0, issued_at, id, id, user_id, amount_kopecks, issued_at from invoices
        where id in (select ("invoiceId")::uuid from jsonb_to_recordset(${tx.json(rows)}) as row ("invoiceId" uuid))`
      const booked = some.map(({ invoiceId, userId, amountKopecks }) => ({
        sourceId: invoiceId,
        entries: entriesOf['invoice-issued']({ userId, amountKopecks }),
      }))
      await bookMany(tx, resources, 'invoice-issued', booked)
    })
}

/** The day as the bank's file, made at a moment of its own clock. */
export const fileOf = (lines: readonly GeneratedLine[], madeAt: Date): Uint8Array<ArrayBuffer> =>
  inWindows1251(
    writeStatement({
      account: simulatedSeller.bankAccount,
      day,
      openingKopecks,
      madeAt,
      lines: lines.map(({ inn, name, account, ...line }) => ({
        ...line,
        day,
        partyInn: inn,
        partyName: name,
        partyAccount: account,
      })),
    }),
  )

/** Its invoices are issued, its payers known. */
export const openStand = async ({ payers, invoices }: Omit<GeneratedDay, 'lines'>) => {
  const payment = await openTestPayment()
  const resources: Resources = { ...payment.resources, findPayers: finderOf(payers) }
  await issueAll(resources, invoices)
  return {
    ...payment,
    resources,
    matchAll: async (): Promise<void> => {
      while ((await matchTransfers(resources)) > 0);
    },
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
