import type { AcquirerName } from '../acquirer/acquirer.ts'
import { BankFault, isRefusal } from '../acquirer/bank-fault.ts'
import { judgeAttempt } from '../attempts/judge-attempt.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { expireInvoice } from './expire-invoice.ts'

type Order = {
  id: string
  acquirer: AcquirerName
  mdOrder: string
  orderNumber: string
  qrId: string | null
}

/** Whoever is being paid when his time is over is looked at again after it. */
const claimMs = 60_000

/** The job `expire-invoices`: an order that is still open is asked about, then given up at the bank, and only then the invoice ends. */
export const expireInvoices = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<{ id: string }[]>`
    update invoices set expiry_ask_at = ${new Date(now().getTime() + claimMs)}
    where id in (
      select id from invoices where expiry_ask_at <= ${now()}
      order by expiry_ask_at limit 20 for update skip locked)
    returning id`
  return forEachDue(log, due, async ({ id }) => {
    try {
      await closeOrder(resources, id)
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      log.warn('order-not-closed', { invoiceId: id, code: error.code })
    }
    await expireInvoice(resources, { invoiceId: id })
  })
}

const openOrder = async ({ sql }: Resources, invoiceId: string): Promise<Order | undefined> => {
  const [order] = await sql<Order[]>`
    select id, acquirer, md_order, order_number, qr_id from attempts where invoice_id = ${invoiceId} and state = 'open'`
  return order
}

/** What the bank says after it was told, and not that it was told, ends the attempt. */
const closeOrder = async (resources: Resources, invoiceId: string): Promise<void> => {
  const order = await openOrder(resources, invoiceId)
  if (!order) return
  await ask(resources, order)
  if (!(await openOrder(resources, invoiceId))) return
  try {
    const { acquirer, orderNumber, mdOrder, qrId } = order
    await resources.acquirers.of(acquirer).withdraw({ orderNumber, bankId: mdOrder }, qrId)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  await ask(resources, order)
}

const ask = async (resources: Resources, { id, acquirer, orderNumber, mdOrder }: Order): Promise<void> => {
  const told = await resources.acquirers.of(acquirer).find({ orderNumber, bankId: mdOrder })
  if (told) await judgeAttempt(resources, id, told)
}
