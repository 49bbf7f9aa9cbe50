import type { User } from '@kontora/access'
import { emit, paymentInvoiceIssued } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, together } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import { queueExport } from '../export/queue-export.ts'
import { book } from '../ledger/book.ts'
import { chooseLegalEntity, refuseWithoutRequisites } from '../legal-entities/choose-legal-entity.ts'
import type { VatMode } from '../legal-entities/legal-entity.ts'
import type { WriteResources } from '../resources.ts'
import { dayOf, InvoiceState, invoiceNumber, yearOf } from './invoice.ts'

export const Issued = v.object({
  invoiceId: Id,
  number: v.string(),
  amountKopecks: Kopecks,
  state: InvoiceState,
})
export type Issued = v.InferOutput<typeof Issued>

type Draft = {
  userId: string
  legalEntityId: string
  amountKopecks: number
  dueOn: string | null
  expiresAt: Date | null
}

/** Gives a draft, locked or made in this transaction, its number and its day; from here on its payer owes. */
export const issueLocked = async (
  tx: Transaction,
  resources: WriteResources,
  who: Pick<User, 'id'>,
  id: string,
): Promise<Issued> => {
  const { now, newId } = resources
  const time = now()
  const draft = await readDraft(tx, id)
  const { userId, amountKopecks, expiresAt } = draft
  const seller = await chooseLegalEntity(tx, draft.legalEntityId)
  refuseWithoutRequisites(seller)
  refuseOver(draft, time)
  await refuseWrongRates(tx, id, dayOf(time), seller.vatMode)
  const numbered = await nextNumber(tx, seller.legalEntityId, seller.numberPrefix, yearOf(time))
  const occurrence = { id: newId(), subject: id, time }
  await together(
    book(tx, resources, { kind: 'invoice-issued', sourceId: id, userId, amountKopecks }),
    queueExport(tx, resources, { kind: 'invoice', id, invoiceId: id, userId, amountKopecks, at: time }),
    emit(tx, paymentInvoiceIssued, occurrence, { invoiceId: id, userId, amountKopecks }),
    tx`
    update invoices set ${tx({ ...numbered, state: 'issued', legalEntityVersion: seller.version, issuedBy: who.id, issuedAt: time, expiryAskAt: expiresAt, remindAt: draft.dueOn ? time : null })}
    where id = ${id}`,
  )
  wakeJob(tx, 'export-to-one-c')
  return { invoiceId: id, number: numbered.number, amountKopecks, state: 'issued' }
}

const readDraft = async (tx: Transaction, id: string): Promise<Draft> => {
  const [draft] = await tx<Draft[]>`
    select user_id, legal_entity_id, amount_kopecks, due_on::text as due_on, expires_at from invoices where id = ${id}`
  if (!draft) throw new Error('The draft was there a moment ago')
  return draft
}

const refuse = (field: string, expected: string): never => {
  throw new Problem('invalid-input', 'It cannot be issued so', { fields: { [field]: expected } })
}

const refuseOver = ({ dueOn, expiresAt }: Draft, time: Date): void => {
  if (expiresAt && expiresAt <= time) refuse('expiresAt', 'a time to come')
  if (dueOn && dueOn < dayOf(time)) refuse('dueOn', 'the day of issue or a later one')
}

/** A rate is good or not on the day of issue, whenever the draft was written. */
const refuseWrongRates = async (
  tx: Transaction,
  id: string,
  day: string,
  vatMode: VatMode,
): Promise<void> => {
  const [wrong] = await tx<{ position: number }[]>`
    select position from invoice_lines join vat_rates on code = vat
    where invoice_id = ${id} and not (
      ${day}::date between valid_from and coalesce(valid_to, 'infinity') and ${vatMode} = any(vat_modes))
    order by position limit 1`
  if (wrong) refuse(`lines.${wrong.position}.vat`, `a rate that this legal entity has on ${day}`)
}

/** The row stays locked to the end, so what is undone takes its number back: no gap, no double. */
const nextNumber = async (tx: Transaction, legalEntityId: string, prefix: string, year: number) => {
  const [counter] = await tx<{ last: number }[]>`
    insert into invoice_counters ${tx({ legalEntityId, year, last: 1 })}
    on conflict (legal_entity_id, year) do update set last = invoice_counters.last + 1 returning last`
  const count = counter?.last ?? 1
  return { number: invoiceNumber(prefix, year, count), numberYear: year, numberCount: count }
}
