import { emit, paymentInvoiceReminderDue } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { hasLiveAttempt } from '../attempts/has-live-attempt.ts'
import { leftKopecks } from '../invoices/invoice.ts'
import { type LockedInvoice, lockInvoice } from '../invoices/lock-invoice.ts'
import type { Resources } from '../resources.ts'
import { dueStep, isQuiet, morningAfter, nextStepTime, type Reminded } from './reminder.ts'

type Reminding = Pick<Resources, 'sql' | 'now' | 'newId' | 'random' | 'reminderDays'>

const hourMs = 60 * 60_000

/** Once for each step; nothing at night, nothing while he is paying, nothing when it is paid or given up. */
export const remindPayer = (resources: Reminding, { invoiceId }: { invoiceId: string }): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    const next = invoice ? await look(tx, resources, invoice) : null
    await tx`update invoices set remind_at = ${next} where id = ${invoiceId}`
  })

/** When to look again. An expired invoice lives again with money that comes late: its steps pass in silence. */
const look = async (tx: Transaction, resources: Reminding, invoice: LockedInvoice): Promise<Date | null> => {
  const { now, reminderDays } = resources
  const { id, state } = invoice
  const time = now()
  const reminded = await readReminded(tx, id)
  if (!reminded || (state !== 'issued' && state !== 'expired')) return null
  const days = state === 'issued' ? dueStep(reminded, reminderDays, time) : undefined
  if (days !== undefined) {
    if (isQuiet(time)) return morningAfter(time)
    // Asked after the lock, which the start of an attempt takes too.
    if (await hasLiveAttempt(tx, id)) return new Date(time.getTime() + hourMs)
    await tell(tx, resources, invoice, { dueOn: reminded.dueOn, days })
  }
  return nextStepTime(reminded, reminderDays, time)
}

const readReminded = async (tx: Transaction, id: string): Promise<Reminded | undefined> => {
  const [row] = await tx<Omit<Reminded, 'told'>[]>`
    select due_on::text as due_on, issued_at from invoices
    where id = ${id} and due_on is not null and issued_at is not null`
  if (!row) return undefined
  const told = await tx<{ days: number }[]>`select days from invoice_reminders where invoice_id = ${id}`
  return { ...row, told: told.map(({ days }) => days) }
}

const tell = async (
  tx: Transaction,
  { now, newId }: Reminding,
  invoice: LockedInvoice,
  { dueOn, days }: { dueOn: string; days: number },
): Promise<void> => {
  const time = now()
  const { id: invoiceId, userId, amountKopecks } = invoice
  await tx`insert into invoice_reminders ${tx({ invoiceId, days, toldAt: time })}`
  const occurrence = { id: newId(), subject: invoiceId, time }
  const told = { invoiceId, userId, amountKopecks, leftKopecks: leftKopecks(invoice), dueOn, days }
  await emit(tx, paymentInvoiceReminderDue, occurrence, told)
}
