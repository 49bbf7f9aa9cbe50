import { DateOnly, Id, Instant, Kopecks, Name, ZeroOrMoreKopecks } from '@kontora/validation'
import * as v from 'valibot'
import { captures } from '../acquirer/acquirer.ts'

/**
 * `draft` has no number and owes nothing; `issued` with money of less than its amount is partly paid; late money brings an
 * `expired` one to life again.
 */
export const InvoiceState = v.picklist(['draft', 'issued', 'paid', 'cancelled', 'expired'])
export type InvoiceState = v.InferOutput<typeof InvoiceState>

/** A price includes its VAT; the discount is taken off the whole line. `vat` is the code of a rate of the table `vat_rates`. */
export const InvoiceLine = v.strictObject({
  title: Name(300),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  priceKopecks: Kopecks,
  discountKopecks: v.optional(ZeroOrMoreKopecks, 0),
  vat: v.pipe(v.string(), v.regex(/^[a-z\d]{1,10}$/, 'the code of a VAT rate')),
})
export type InvoiceLine = v.InferOutput<typeof InvoiceLine>

/** What a line comes to, and the VAT that is in it. */
export const PricedLine = v.object({
  ...InvoiceLine.entries,
  discountKopecks: ZeroOrMoreKopecks,
  amountKopecks: Kopecks,
  vatKopecks: ZeroOrMoreKopecks,
})
export type PricedLine = v.InferOutput<typeof PricedLine>

/** `expiresAt`: after it the invoice can be paid no more, though late money is taken; without it, never. */
export const InvoiceDraft = v.strictObject({
  userId: Id,
  legalEntityId: v.optional(Id),
  dueOn: v.optional(DateOnly),
  expiresAt: v.optional(Instant),
  /** `manual`: what is paid by card is held until an operator takes it. Left out, it is as the seller has it. */
  capture: v.optional(v.picklist(captures)),
  lines: v.pipe(v.array(InvoiceLine), v.minLength(1), v.maxLength(200)),
})
export type InvoiceDraft = v.InferOutput<typeof InvoiceDraft>

/** A draft, and one that was cancelled as a draft, has neither `number` nor `issuedAt`. */
export const Invoice = v.object({
  invoiceId: Id,
  legalEntityId: Id,
  number: v.nullable(v.string()),
  userId: Id,
  amountKopecks: Kopecks,
  paidKopecks: ZeroOrMoreKopecks,
  state: InvoiceState,
  dueOn: v.nullable(DateOnly),
  issuedAt: v.nullable(v.string()),
  expiresAt: v.nullable(v.string()),
  paidAt: v.nullable(v.string()),
  cancelledAt: v.nullable(v.string()),
  expiredAt: v.nullable(v.string()),
})

export const leftKopecks = ({
  amountKopecks,
  paidKopecks,
}: {
  amountKopecks: number
  paidKopecks: number
}): number => amountKopecks - paidKopecks

const most = BigInt(Number.MAX_SAFE_INTEGER)

type Priced = Pick<InvoiceLine, 'quantity' | 'priceKopecks' | 'discountKopecks'>

/** Exact. Undefined is more than a number of kopecks can hold, or a discount that leaves nothing to pay. */
export const lineKopecks = ({ quantity, priceKopecks, discountKopecks }: Priced): number | undefined => {
  const whole = BigInt(quantity) * BigInt(priceKopecks)
  const left = whole - BigInt(discountKopecks)
  return whole <= most && left >= 1n ? Number(left) : undefined
}

/** Exact. Undefined is more than a number of kopecks can hold. */
export const sumKopecks = (amounts: number[]): number | undefined => {
  const sum = amounts.reduce((total, amount) => total + BigInt(amount), 0n)
  return sum <= most ? Number(sum) : undefined
}

/** The VAT that an amount includes, rounded half up to the kopeck; `percent` is null where there is no VAT. */
export const vatKopecks = (amountKopecks: number, percent: number | null): number => {
  const rate = BigInt(percent ?? 0)
  const whole = 100n + rate
  return Number((2n * BigInt(amountKopecks) * rate + whole) / (2n * whole))
}

const moscow = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Moscow', dateStyle: 'short' })

/** The day of the accountant's clock, `2026-11-23`. */
export const dayOf = (time: Date): string => moscow.format(time)

/** The year that numbers begin anew with. */
export const yearOf = (time: Date): number => Number(dayOf(time).slice(0, 4))

export const invoiceNumber = (prefix: string, year: number, count: number): string =>
  `${prefix}${year}-${String(count).padStart(6, '0')}`
