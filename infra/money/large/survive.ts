import { transaction } from '@kontora/postgres'
import { applyPayment } from '../../../services/payment/src/invoices/apply-payment.ts'
import { lockInvoice } from '../../../services/payment/src/invoices/lock-invoice.ts'
import { book } from '../../../services/payment/src/ledger/book.ts'
import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Desk, type Faults, type Made, unlike } from './desk.ts'

export const most = Number.MAX_SAFE_INTEGER

/** The ends, and sums that a number with a fraction would round. */
export const largeAmounts = (random: SeededRandom, count: number): number[] => [
  ...[most, most - 1, 2 ** 52 + 1, 7_036_874_417_766_401, 1_000_000_000_001],
  ...Array.from({ length: count }, () => most - random.below(2 ** 32) * 1_000_003),
]

/** Half up, from the definition and not as the service reckons: twice the remainder reaches the divisor. */
const vatOf = (amountKopecks: number, percent: bigint): string => {
  const [whole, divisor] = [BigInt(amountKopecks) * percent, 100n + percent]
  return String(whole / divisor + (2n * (whole % divisor) >= divisor ? 1n : 0n))
}

/** Money that a statement brings, for no order at a bank may be so large. */
const take = ({ payment }: Desk, { invoiceId, userId }: Made, amountKopecks: number) =>
  transaction(payment.sql, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    if (!invoice) throw new Error('No such invoice')
    const sourceId = crypto.randomUUID()
    await book(tx, payment.resources, { kind: 'attempt-settled', sourceId, userId, amountKopecks })
    return applyPayment(tx, payment.resources, invoice, amountKopecks)
  })

const stored = async ({ payment }: Desk, { invoiceId }: Made) => {
  const [row] = await payment.sql<object[]>`
    select invoices.amount_kopecks::text as amount, paid_kopecks::text as paid, price_kopecks::text as price,
      vat_kopecks::text as vat, (select max(abs(amount_kopecks))::text from ledger_entries
        join ledger_transactions on id = transaction_id where source_id = invoices.id) as booked,
      (select data ->> 'amountKopecks' from outbox where subject = invoices.id::text order by position limit 1) as told
    from invoices join invoice_lines on invoice_id = id where id = ${invoiceId}`
  return row
}

/** Issued, seen, paid in two parts and too much: each figure as text, to the kopeck. */
export const surviveWhole = async (
  desk: Desk,
  random: SeededRandom,
  amountKopecks: number,
): Promise<Faults> => {
  const made = await desk.story.invoice(amountKopecks)
  const amount = String(amountKopecks)
  const exact = {
    amount,
    paid: '0',
    price: amount,
    vat: vatOf(amountKopecks, 22n),
    booked: amount,
    told: amount,
  }
  const faults = unlike('stored', await stored(desk, made), exact)
  const receivable = `receivable:${made.userId}`
  const first = 1 + random.below(2 ** 31)
  await take(desk, made, first)
  const { paidKopecks } = await desk.seen(made)
  faults.push(...unlike('paid', paidKopecks, first))
  faults.push(...unlike('owed', await desk.balanceOf(receivable), String(BigInt(amount) - BigInt(first))))
  const rest = amountKopecks - first
  faults.push(
    ...unlike('applied', await take(desk, made, rest), { appliedKopecks: rest, overpaidKopecks: 0 }),
  )
  const over = await take(desk, made, amountKopecks)
  faults.push(...unlike('overpaid', over, { appliedKopecks: 0, overpaidKopecks: amountKopecks }))
  faults.push(...unlike('account', await desk.balanceOf(receivable), `-${amount}`))
  const paid = await desk.seen(made)
  const shown = [paid.state, paid.amountKopecks, paid.paidKopecks]
  return [...faults, ...unlike('shown', shown, ['paid', amountKopecks, amountKopecks])]
}

/** Written off to the kopeck when it is cancelled. */
export const cancelWhole = async (desk: Desk, amountKopecks: number): Promise<Faults> => {
  const made = await desk.story.invoice(amountKopecks)
  await desk.operate('POST', `/v1/invoices/${made.invoiceId}/cancel`)
  return unlike('owed when cancelled', await desk.balanceOf(`receivable:${made.userId}`), '0')
}
