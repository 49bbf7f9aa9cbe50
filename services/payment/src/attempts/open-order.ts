import type { Acquirer, OpenedOrder } from '../acquirer/acquirer.ts'
import { BankFault, isRefusal } from '../acquirer/bank-fault.ts'
import { sumOf } from '../acquirer/sum.ts'
import { receiptOfAttempt } from '../receipts/receipt-of-attempt.ts'
import type { Resources } from '../resources.ts'
import { endAttempt } from './end-attempt.ts'
import type { DueAttempt } from './register-attempts.ts'

/** Makes the attempt an order at the bank and writes it down; nothing, if the bank will not have it. */
export const openOrder = async (
  resources: Resources,
  attempt: DueAttempt,
): Promise<OpenedOrder | undefined> => {
  const { sql, now, acquirers, pollFastMs } = resources
  const order = await findOrRegister(resources, acquirers.of(attempt.acquirer), attempt)
  if ('refusedWith' in order) {
    await endAttempt(resources, attempt.id, { state: 'failed', reason: order.refusedWith })
    return undefined
  }
  const { bankId, payUrl, qrId, qrPayload } = order
  await sql`
    update attempts set state = 'open', md_order = ${bankId}, pay_url = ${payUrl}, opened_at = ${now()},
      qr_id = ${qrId ?? null}, qr_payload = ${qrPayload ?? null},
      ask_at = ${new Date(now().getTime() + pollFastMs)}
    where id = ${attempt.id} and state in ('starting', 'unknown')`
  return order
}

/** After an unclear outcome the bank is asked first; only what it does not know is registered, under the same number. */
const findOrRegister = async (
  resources: Resources,
  acquirer: Acquirer,
  attempt: DueAttempt,
): Promise<OpenedOrder | { refusedWith: string }> => {
  const known = attempt.state === 'unknown' ? await findOrder(acquirer, attempt) : undefined
  if (known) return known
  try {
    return await acquirer.register({
      orderNumber: attempt.orderNumber,
      amount: sumOf(attempt.amountKopecks),
      description: `Счёт ${attempt.invoiceNumber}`,
      capture: attempt.capture,
      receipt: await receiptOfAttempt(resources, attempt.id),
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { refusedWith: error.code }
  }
}

const findOrder = async (
  acquirer: Acquirer,
  { orderNumber }: DueAttempt,
): Promise<OpenedOrder | undefined> => {
  const known = await acquirer.find({ orderNumber, bankId: null })
  if (!known) return undefined
  if (!known.bankId) throw new BankFault('unclear', 'no-bank-id')
  return { bankId: known.bankId, payUrl: known.payUrl ?? null }
}
