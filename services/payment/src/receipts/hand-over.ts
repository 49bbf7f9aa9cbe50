import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import { readCart, readRefunded } from './keep-cart.ts'
import { dayMs } from './receipt.ts'
import { closableKopecks } from './taken-cart.ts'

type Invoice = { id: string; userId: string; amountKopecks: number; state: string }
type Advance = { sourceId: string; attemptId: string | null; amountKopecks: number }

/**
 * What an invoice is for has been handed over: each prepayment of it wants its closing receipt, the earliest first and
 * together no more than the invoice; what was paid beyond it stays an advance.
 */
export const handOver = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { invoiceId }: { invoiceId: string },
): Promise<{ invoiceId: string; receipts: number }> =>
  transaction(resources.sql, async (tx) => {
    const [invoice] = await tx<Invoice[]>`
      select id, user_id, amount_kopecks, state from invoices where id = ${invoiceId} for update`
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (invoice.state !== 'paid')
      throw new Problem('conflict', 'Only a paid invoice is handed over', { state: invoice.state })
    const marked = await tx`
      insert into hand_overs ${tx({ invoiceId, handedOverBy: who.id, handedOverAt: resources.now() })}
      on conflict do nothing returning invoice_id`
    if (marked.length === 0) throw new Problem('conflict', 'It has been handed over already')
    const receipts = await closeAdvances(tx, resources, invoice)
    wakeJob(tx, 'tell-closings')
    return { invoiceId, receipts }
  })

const closeAdvances = async (
  tx: Transaction,
  resources: WriteResources,
  invoice: Invoice,
): Promise<number> => {
  const advances = await tx<Advance[]>`
    select source_id, attempt_id, amount_kopecks from receipts
    where invoice_id = ${invoice.id} and kind = 'advance' and state <> 'void' order by expected_at, id`
  let left = invoice.amountKopecks
  let count = 0
  for (const advance of advances) {
    const amountKopecks = Math.min(left, await prepaidKopecks(tx, advance))
    if (amountKopecks === 0) continue
    left -= amountKopecks
    count++
    await insertClosing(tx, resources, invoice, { ...advance, amountKopecks })
  }
  return count
}

const prepaidKopecks = async (tx: Transaction, { attemptId, amountKopecks }: Advance): Promise<number> => {
  if (attemptId === null) return amountKopecks
  await tx`select id from attempts where id = ${attemptId} for update`
  const cart = (await readCart(tx, attemptId)) ?? []
  return closableKopecks({ cart, refunded: await readRefunded(tx, attemptId) })
}

/** Of an order the bank is told; of a transfer somebody makes it at the till, as he made the first. */
const insertClosing = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { id: invoiceId, userId }: Invoice,
  { sourceId, attemptId, amountKopecks }: Advance,
): Promise<void> => {
  const time = now()
  const row = { id: newId(), kind: 'final', sourceId, attemptId, invoiceId, userId, amountKopecks }
  const alarmAt = new Date(time.getTime() + dayMs)
  await tx`
    insert into receipts ${tx({ ...row, state: 'expected', expectedAt: time, alarmAt, tellAt: attemptId === null ? null : time })}`
}
