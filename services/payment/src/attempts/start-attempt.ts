import { emit, paymentAttemptStarted } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { bankNumber, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import type { AcquirerName, Acquirers } from '../acquirer/acquirer.ts'
import { leftKopecks } from '../invoices/invoice.ts'
import { type LockedInvoice, lockInvoice } from '../invoices/lock-invoice.ts'
import type { WriteResources } from '../resources.ts'
import { type AttemptState, liveStates, Way } from './attempt.ts'

/** Without a sum it is all that is left to pay. */
export const AttemptRequest = v.strictObject({ way: Way, amountKopecks: v.optional(Kopecks) })
type Wish = v.InferOutput<typeof AttemptRequest> & { invoiceId: string }

type Live = { id: string; state: AttemptState; acquirer: AcquirerName; amountKopecks: number }
type Starting = WriteResources & { acquirers: Acquirers }
type Started = { attemptId: string; state: AttemptState }

/**
 * One live attempt per invoice: it is one order at the bank, payable by card or by СБП, so a second wish is met by the same
 * order. The bank is told by the job `start-attempts`.
 */
export const startAttempt = (
  resources: Starting,
  userId: string,
  { invoiceId, way, ...wish }: Wish,
): Promise<Started> =>
  transaction(resources.sql, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    if (invoice?.userId !== userId || invoice.state === 'draft')
      throw new Problem('not-found', 'No such invoice')
    refuseUnpayable(invoice, resources.now())
    const live = await liveAttempt(tx, invoiceId)
    if (live && wish.amountKopecks !== undefined && wish.amountKopecks !== live.amountKopecks)
      throw new Problem('conflict', 'Another sum of it is being paid', { amountKopecks: live.amountKopecks })
    const left = leftKopecks(invoice)
    const amountKopecks = live?.amountKopecks ?? wish.amountKopecks ?? left
    if (amountKopecks > left) throw new Problem('conflict', 'More than is left to pay', { leftKopecks: left })
    const { forNew, of } = resources.acquirers
    const { capture } = invoice
    const limit = of(live?.acquirer ?? forNew).limitOf({ way, amountKopecks, capture })
    if (limit) throw new Problem('conflict', limit)
    return live ? reuse(tx, resources, live, way) : begin(tx, resources, { invoice, amountKopecks, way })
  })

const refuseUnpayable = ({ state, expiresAt }: LockedInvoice, time: Date): void => {
  if (state !== 'issued') throw new Problem('conflict', 'Only an unpaid invoice can be paid', { state })
  if (expiresAt && expiresAt <= time) throw new Problem('conflict', 'The time to pay the invoice is over')
}

const liveAttempt = async (tx: Transaction, invoiceId: string): Promise<Live | undefined> => {
  const live = await tx<Live[]>`
    select id, state, acquirer, amount_kopecks from attempts where invoice_id = ${invoiceId} and state in ${tx(liveStates)}`
  if (live.some((attempt) => attempt.state === 'quarantined'))
    throw new Problem('conflict', 'The payment is being looked at')
  return live[0]
}

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
  { invoice, amountKopecks, way }: { invoice: LockedInvoice; amountKopecks: number; way: Way },
): Promise<Started> => {
  const time = now()
  const id = newId()
  const { id: invoiceId, userId, capture } = invoice
  const order = { orderNumber: bankNumber(id), acquirer: acquirers.forNew, capture, wantsQr: way === 'sbp' }
  const row = { id, invoiceId, userId, amountKopecks, ...order }
  await tx`insert into attempts ${tx({ ...row, state: 'starting', refundedKopecks: 0, startedAt: time, startAt: time })}`
  const occurrence = { id: newId(), subject: invoiceId, time }
  await emit(tx, paymentAttemptStarted, occurrence, { attemptId: id, invoiceId, userId, amountKopecks })
  wakeJob(tx, 'start-attempts')
  return { attemptId: id, state: 'starting' }
}
