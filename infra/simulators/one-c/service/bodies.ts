import * as v from 'valibot'

const Id = v.pipe(v.string(), v.toLowerCase(), v.uuid())
/** Money is text with two decimals. */
const Money = v.pipe(v.string(), v.regex(/^\d{1,15}\.\d{2}$/))
/** With its offset: a moment without one is nobody's. */
const Moment = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/),
  v.check((text) => !Number.isNaN(Date.parse(text))),
)
const vatNames = {
  none: 'БезНДС',
  '0': 'НДС0',
  '5': 'НДС5',
  '7': 'НДС7',
  '10': 'НДС10',
  '20': 'НДС20',
  '22': 'НДС22',
} as const
export type VatRate = keyof typeof vatNames

export const vatNameOf = (rate: VatRate): string => vatNames[rate]
export const vatRateOf = (name: unknown): string =>
  Object.entries(vatNames).find(([, known]) => known === name)?.[0] ?? ''

/** Unknown properties fall away, as in any handler that reads only what it needs. */
export const CounterpartyBody = v.object({
  kind: v.picklist(['company', 'entrepreneur', 'person']),
  name: v.pipe(v.string(), v.nonEmpty()),
  inn: v.optional(v.nullable(v.string()), ''),
  kpp: v.optional(v.nullable(v.string()), ''),
})

const LineBody = v.object({
  title: v.string(),
  quantity: v.pipe(v.number(), v.minValue(1)),
  price: Money,
  discount: v.optional(Money, '0.00'),
  amount: Money,
  vatRate: v.picklist(Object.keys(vatNames) as VatRate[]),
  vatAmount: Money,
})

const post = v.optional(v.boolean(), false)

export const InvoiceBody = v.object({
  number: v.string(),
  issuedAt: Moment,
  organization: Id,
  counterpartyId: Id,
  amount: Money,
  lines: v.pipe(v.array(LineBody), v.minLength(1)),
  post,
})

export const PaymentBody = v.object({
  invoiceId: Id,
  method: v.picklist(['card', 'sbp', 'bank']),
  organization: Id,
  amount: Money,
  fee: v.optional(v.nullable(Money), null),
  paidAt: Moment,
  rrn: v.optional(v.nullable(v.string()), null),
  post,
})

export const RefundBody = v.object({
  invoiceId: Id,
  paymentId: Id,
  organization: Id,
  amount: Money,
  refundedAt: Moment,
  post,
})

export const CancellationBody = v.object({ cancelledAt: Moment, mode: v.picklist(['mark', 'unpost']) })

export type InvoiceBody = v.InferOutput<typeof InvoiceBody>
export type PaymentBody = v.InferOutput<typeof PaymentBody>
export type RefundBody = v.InferOutput<typeof RefundBody>
