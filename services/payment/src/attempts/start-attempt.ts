import { emit, paymentAttemptStarted } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { bankNumber } from '@kontora/validation'
import * as v from 'valibot'
import type { AcquirerName, Acquirers, Capture } from '../acquirer/acquirer.ts'
import type { InvoiceState } from '../invoices/invoice.ts'
import type { WriteResources } from '../resources.ts'
import { type AttemptState, liveStates, Way } from './attempt.ts'

export const AttemptRequest = v.strictObject({ way: Way })

type Invoice = { id: string; userId: string; amountKopecks: number; state: InvoiceState; capture: Capture }
type Live = { id: string; state: AttemptState; acquirer: AcquirerName }
type Starting = WriteResources & { acquirers: Acquirers }
type Started = { attemptId: string; state: AttemptState }

/**
 * One live attempt per invoice: it is one order at the bank, payable by card or by СБП, so a second wish is met by the same
 * order. The bank is told by the job `start-attempts`.
 */
export const startAttempt = (
  resources: Starting,
  userId: string,
  { invoiceId, way }: { invoiceId: string; way: Way },
): Promise<Started> =>
  transaction(resources.sql, async (tx) => {
    const [invoice] = await tx<Invoice[]>`
      select id, user_id, amount_kopecks, state, capture from invoices
      where id = ${invoiceId} and user_id = ${userId} for update`
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (invoice.state !== 'issued')
      throw new Problem('conflict', 'Only an unpaid invoice can be paid', { state: invoice.state })
    const live = await tx<Live[]>`
      select id, state, acquirer from attempts where invoice_id = ${invoiceId} and state in ${tx(liveStates)}`
    const { forNew, of } = resources.acquirers
    const limit = of(live[0]?.acquirer ?? forNew).limitOf({ way, ...invoice })
    if (limit) throw new Problem('conflict', limit)
    if (live.some((attempt) => attempt.state === 'quarantined'))
      throw new Problem('conflict', 'The payment is being looked at')
    return live[0] ? reuse(tx, resources, live[0], way) : begin(tx, resources, invoice, way)
  })

const reuse = async (
  tx: Transaction,
  { now }: WriteResources,
  { id, state }: Live,
  way: Way,
): Promise<Started> => {
  if (way === 'sbp') {
    await tx`
      update attempts set wants_qr = true, start_at = ${now()} where id = ${id} and not wants_qr`
    wakeJob(tx, 'start-attempts')
  }
  return { attemptId: id, state }
}

const begin = async (
  tx: Transaction,
  { now, newId, acquirers }: Starting,
  { id: invoiceId, userId, amountKopecks, capture }: Invoice,
  way: Way,
): Promise<Started> => {
  const time = now()
  const id = newId()
  const order = { orderNumber: bankNumber(id), acquirer: acquirers.forNew, capture, wantsQr: way === 'sbp' }
  const row = { id, invoiceId, userId, amountKopecks, ...order }
  await tx`insert into attempts ${tx({ ...row, state: 'starting', refundedKopecks: 0, startedAt: time, startAt: time })}`
  const occurrence = { id: newId(), subject: invoiceId, time }
  await emit(tx, paymentAttemptStarted, occurrence, { attemptId: id, invoiceId, userId, amountKopecks })
  wakeJob(tx, 'start-attempts')
  return { attemptId: id, state: 'starting' }
}
