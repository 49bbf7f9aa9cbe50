import { DateOnly, Id, Kopecks, Name } from '@kontora/validation'
import * as v from 'valibot'

export const vatRates = ['none', '0', '5', '7', '10', '20', '22'] as const
export const InvoiceState = v.picklist(['issued', 'paid', 'cancelled'])
export type InvoiceState = v.InferOutput<typeof InvoiceState>

export const InvoiceLine = v.strictObject({
  title: Name(300),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  priceKopecks: Kopecks,
  vat: v.picklist(vatRates),
})
export type InvoiceLine = v.InferOutput<typeof InvoiceLine>

export const Invoice = v.object({
  invoiceId: Id,
  number: v.string(),
  userId: Id,
  amountKopecks: Kopecks,
  state: InvoiceState,
  dueOn: v.nullable(DateOnly),
  issuedAt: v.string(),
  paidAt: v.nullable(v.string()),
  cancelledAt: v.nullable(v.string()),
})

/** A price includes its VAT. Undefined is more than a number of kopecks can hold. */
export const amountOf = (lines: Pick<InvoiceLine, 'quantity' | 'priceKopecks'>[]): number | undefined => {
  const sum = lines.reduce(
    (total, { quantity, priceKopecks }) => total + BigInt(quantity) * BigInt(priceKopecks),
    0n,
  )
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : undefined
}

/** The VAT that an amount includes, rounded half up to the kopeck. */
export const vatKopecks = (amountKopecks: number, vat: InvoiceLine['vat']): number => {
  const percent = BigInt(vat === 'none' ? 0 : vat)
  const whole = 100n + percent
  return Number((2n * BigInt(amountKopecks) * percent + whole) / (2n * whole))
}

/** The year of the accountant's clock, which numbers begin anew with. */
export const yearOf = (time: Date): number =>
  Number(new Intl.DateTimeFormat('en', { timeZone: 'Europe/Moscow', year: 'numeric' }).format(time))

export const invoiceNumber = (year: number, count: number): string =>
  `${year}-${String(count).padStart(6, '0')}`
