import type { User } from '@kontora/access'
import { emit, paymentInvoiceIssued } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { DateOnly, Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import type { WriteResources } from '../resources.ts'
import { amountOf, InvoiceLine, InvoiceState, invoiceNumber, yearOf } from './invoice.ts'

export const NewInvoice = v.strictObject({
  userId: Id,
  dueOn: v.optional(DateOnly),
  lines: v.pipe(v.array(InvoiceLine), v.minLength(1), v.maxLength(200)),
})
export type NewInvoice = v.InferOutput<typeof NewInvoice>

export const IssuedInvoice = v.object({
  invoiceId: Id,
  number: v.string(),
  amountKopecks: Kopecks,
  state: InvoiceState,
})

export const issueInvoice = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { userId, dueOn, lines }: NewInvoice,
): Promise<v.InferOutput<typeof IssuedInvoice>> =>
  transaction(resources.sql, async (tx) => {
    const amountKopecks = amountOf(lines)
    if (amountKopecks === undefined)
      throw new Problem('invalid-input', 'The sum is too large', {
        fields: { lines: `a sum of at most ${Number.MAX_SAFE_INTEGER} kopecks` },
      })
    const time = resources.now()
    const number = await nextNumber(tx, yearOf(time))
    const id = resources.newId()
    await tx`insert into invoices ${tx({ id, number, userId, amountKopecks, state: 'issued', dueOn: dueOn ?? null, issuedBy: who.id, issuedAt: time })}`
    await tx`insert into invoice_lines ${tx(lines.map((line, position) => ({ invoiceId: id, position, ...line, amountKopecks: line.quantity * line.priceKopecks })))}`
    await book(tx, resources, { kind: 'invoice-issued', sourceId: id, userId, amountKopecks })
    await queueExport(tx, resources, { kind: 'invoice', id, invoiceId: id, userId, amountKopecks, at: time })
    const occurrence = { id: resources.newId(), subject: id, time }
    await emit(tx, paymentInvoiceIssued, occurrence, { invoiceId: id, userId, amountKopecks })
    wakeJob(tx, 'export-to-one-c')
    return { invoiceId: id, number, amountKopecks, state: 'issued' as const }
  })

/** The row stays locked to the end, so what is undone takes its number back: no gap, no double. */
const nextNumber = async (tx: Transaction, year: number): Promise<string> => {
  const [counter] = await tx<{ last: number }[]>`
    insert into invoice_counters ${tx({ year, last: 1 })}
    on conflict (year) do update set last = invoice_counters.last + 1 returning last`
  return invoiceNumber(year, counter?.last ?? 1)
}
