import { BankFault } from '../acquirer/bank-fault.ts'
import { ClientFault } from '../client/ask-client.ts'
import type { Resources } from '../resources.ts'
import type { OrderReceipt } from '../vtb/receipts.ts'
import { legacyVat, orderBundle } from './bundle.ts'
import { type CartItem, cartOfAttempt } from './cart.ts'
import type { Fiscal } from './fiscal.ts'
import { keepCart, readCart } from './keep-cart.ts'
import { type Order, readLines, readOrder, readVatRates } from './read-seller.ts'

/** The receipt of an order, asked for together with its registration. Undefined: it goes without one. */
export const receiptOfAttempt = async (
  resources: Resources,
  attemptId: string,
): Promise<OrderReceipt | undefined> => {
  const { fiscal, sql } = resources
  if (!fiscal) return undefined
  const order = await readOrder(sql, attemptId)
  if (fiscal.ofCompanies === 'omit' && (await isCompany(resources, order.userId))) return undefined
  const items = (await readCart(sql, attemptId)) ?? (await planCart(resources, fiscal, order))
  return receiptFor(resources, fiscal, { ...order, items, email: await emailFor(fiscal, order.userId) })
}

type Telling = { taxSystem: number; email: string; items: CartItem[] }

export const receiptFor = async (
  { sql, now }: Resources,
  fiscal: Fiscal,
  { taxSystem, email, items }: Telling,
): Promise<OrderReceipt> => {
  const rates = await readVatRates(sql)
  const at = now()
  return {
    orderBundle: orderBundle(items, { rates, paymentObject: fiscal.paymentObject, email, at }),
    taxSystem,
    additionalOfdParams: legacyVat(items, rates, at),
  }
}

const longestEmail = 40

/** Asked for at the last moment and passed on. Refused: there is none that a receipt could go to. */
export const emailFor = async ({ readContact, ownContact }: Fiscal, userId: string): Promise<string> => {
  const own = await askedOfClient(readContact(userId))
  const email = own !== undefined && own.length <= longestEmail ? own : ownContact
  if (email === undefined) throw new BankFault('refused', 'no-contact')
  return email
}

/** Nobody has been told anything yet: it is tried again like an answer of the bank that did not come. */
const askedOfClient = async <Answer>(asking: Promise<Answer>): Promise<Answer> => {
  try {
    return await asking
  } catch (error) {
    if (error instanceof ClientFault) throw new BankFault('not-sent', 'client')
    throw error
  }
}

const isCompany = async ({ readRequisites }: Resources, userId: string): Promise<boolean> =>
  (await askedOfClient(readRequisites(userId)))?.kind === 'company'

const planCart = async (resources: Resources, fiscal: Fiscal, order: Order): Promise<CartItem[]> => {
  const { sql } = resources
  const { attemptId, invoiceId, amountKopecks } = order
  const isHandedOver = fiscal.handOver === 'at-payment'
  const items = cartOfAttempt({
    lines: await readLines(sql, invoiceId),
    earlier: await readEarlier(resources, invoiceId),
    amountKopecks,
    isHandedOver,
    counting: fiscal.counting,
  })
  return keepCart(resources, { operationId: attemptId, attemptId, items, closesWhenPaid: isHandedOver })
}

/** Carts of the orders that were paid; what was refunded of them is paid anew, for the same lines or none. */
const readEarlier = async ({ sql }: Resources, invoiceId: string): Promise<CartItem[]> => {
  const carts = await sql<{ items: CartItem[] }[]>`
    select items from receipt_carts join attempts on attempts.id = operation_id
    where invoice_id = ${invoiceId} and state = 'settled'`
  return carts.flatMap(({ items }) => items)
}
