import { forEachDue } from '../for-each-due.ts'
import { receiptOfAttempt } from '../receipts/receipt-of-attempt.ts'
import type { Resources } from '../resources.ts'
import type { Vtb } from '../vtb/client.ts'
import { isRefusal, VtbFault } from '../vtb/vtb-fault.ts'
import { type AttemptState, nextAskMs } from './attempt.ts'
import { endAttempt } from './end-attempt.ts'

type Due = {
  id: string
  state: AttemptState
  orderNumber: string
  mdOrder: string | null
  payUrl: string | null
  amountKopecks: number
  invoiceNumber: string
  wantsQr: boolean
  qrPayload: string | null
  startedAt: Date
}
type Order = { mdOrder: string; payUrl: string | null }

const minuteMs = 60_000
// A little more than one call may take; who comes sooner asks by the number first.
const claimMs = 35_000
const retryMs = (error: VtbFault, ageMs: number): number =>
  Math.max(isRefusal(error) ? minuteMs : 2000, nextAskMs(ageMs, 2000))
const numberTaken = '1'
const systemError = '7'

/** The job `start-attempts`: tells the bank of new attempts and gets the QR of those that want one. */
export const registerAttempts = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<Due[]>`
    update attempts set start_at = ${new Date(now().getTime() + claimMs)},
      state = case attempts.state when 'starting' then 'unknown' else attempts.state end
    from invoices, (
      select id, state from attempts where start_at <= ${now()} order by start_at limit 20 for update skip locked
    ) claimed
    where invoices.id = attempts.invoice_id and attempts.id = claimed.id
    returning attempts.id, claimed.state, order_number, md_order, pay_url, attempts.amount_kopecks,
      invoices.number as invoice_number, wants_qr, qr_payload, started_at`
  return forEachDue(log, due, async (attempt) => {
    try {
      await advance(resources, attempt)
    } catch (error) {
      if (!(error instanceof VtbFault)) throw error
      log.warn('attempt-start-unclear', { attemptId: attempt.id, code: error.code })
      const again = new Date(now().getTime() + retryMs(error, now().getTime() - attempt.startedAt.getTime()))
      await sql`update attempts set start_at = ${again} where id = ${attempt.id} and start_at > ${now()}`
    }
  })
}

const advance = async (resources: Resources, attempt: Due): Promise<void> => {
  const { sql, now, vtb, pollFastMs } = resources
  const order = attempt.mdOrder ? undefined : await findOrRegister(resources, attempt)
  if (order === 'refused') return
  const mdOrder = attempt.mdOrder ?? order?.mdOrder
  if (!mdOrder) return
  if (order)
    await sql`
      update attempts set state = 'open', md_order = ${mdOrder}, pay_url = ${order.payUrl}, opened_at = ${now()},
        ask_at = ${new Date(now().getTime() + pollFastMs)}
      where id = ${attempt.id} and state in ('starting', 'unknown')`
  if (attempt.wantsQr && !attempt.qrPayload) {
    const payload = await vtb.qr(mdOrder)
    await sql`update attempts set qr_payload = ${payload} where id = ${attempt.id}`
  } else if (!attempt.wantsQr && !(order ?? attempt).payUrl) await withdraw(vtb, mdOrder, attempt.orderNumber)
  await sql`update attempts set start_at = null where id = ${attempt.id} and start_at > ${now()}`
}

/** The page's address was lost with the answer and is not told again: the order is given up, the payer may begin anew. */
const withdraw = async (vtb: Vtb, mdOrder: string, orderNumber: string): Promise<void> => {
  try {
    await vtb.decline(mdOrder, orderNumber)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
}

/** After an unclear outcome the bank is asked first; only what it does not know is registered, under the same number. */
const findOrRegister = async (resources: Resources, attempt: Due): Promise<Order | 'refused'> => {
  const { vtb } = resources
  if (attempt.state === 'unknown') {
    const known = await vtb.statusByNumber(attempt.orderNumber)
    if (known) return { mdOrder: mdOrderOf(known.attributes), payUrl: null }
  }
  try {
    return await vtb.register({
      orderNumber: attempt.orderNumber,
      amountKopecks: attempt.amountKopecks,
      description: `Счёт ${attempt.invoiceNumber}`,
      receipt: await receiptOfAttempt(resources, attempt.id),
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    // Taken by our own earlier call, or broken on the bank's side: the next round asks by the number.
    if (error.code === numberTaken || error.code === systemError) throw new VtbFault('unclear', error.code)
    await endAttempt(resources, attempt.id, { state: 'failed', reason: error.code })
    return 'refused'
  }
}

const mdOrderOf = (attributes: { name: string; value?: string | undefined }[] = []): string => {
  const mdOrder = attributes.find(({ name }) => name === 'mdOrder')?.value
  if (!mdOrder) throw new VtbFault('unclear', 'no-md-order')
  return mdOrder
}
