import * as v from 'valibot'

const Text = v.pipe(v.union([v.string(), v.number()]), v.transform(String))
/** Whatever is not there, or is no text, is nothing: the fiscal numbers are shown, never computed with. */
const Shown = v.fallback(v.optional(v.pipe(Text, v.maxLength(64))), undefined)
const Milliseconds = v.fallback(
  v.optional(v.pipe(Text, v.regex(/^\d{12,14}$/), v.transform(Number))),
  undefined,
)

const isOwnScheme = (address: string): boolean =>
  URL.canParse(address) && new URL(address).protocol === 'https:' && new URL(address).username === ''

/** A link that the payer follows: https or none. */
const Link = v.fallback(v.optional(v.pipe(v.string(), v.maxLength(1024), v.check(isOwnScheme))), undefined)

const Cart = v.object({
  cartItems: v.object({ items: v.array(v.object({ itemAmount: v.pipe(v.number(), v.safeInteger()) })) }),
})

const parseJson = (text: unknown): unknown => {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** From version 5 of the answer; told as text or as an object. */
const CartSum = v.fallback(
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform(parseJson),
      Cart,
      v.transform(({ cartItems }) => cartItems.items.reduce((sum, { itemAmount }) => sum + itemAmount, 0)),
    ),
  ),
  undefined,
)

const Receipt = v.pipe(
  v.object({
    receiptStatus: v.pipe(Text, v.regex(/^\d{1,3}$/), v.transform(Number)),
    uuid: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    receiptType: v.fallback(v.optional(v.nullable(v.literal('close'))), undefined),
    amount_total: Shown,
    fn_number: Shown,
    fiscal_document_number: Shown,
    fiscal_document_attribute: Shown,
    ofd_receipt_url: Link,
    receipt_datetime: Milliseconds,
    receipt_date_time: Milliseconds,
    ofdOrderBundle: CartSum,
  }),
  v.transform(({ receiptStatus, uuid, receiptType, ...more }) => ({
    uuid,
    status: receiptStatus,
    type: receiptType,
    amountTotal: more.amount_total,
    cartKopecks: more.ofdOrderBundle,
    fiscalDriveNumber: more.fn_number ?? null,
    fiscalDocumentNumber: more.fiscal_document_number ?? null,
    fiscalSign: more.fiscal_document_attribute ?? null,
    ofdUrl: more.ofd_receipt_url ?? null,
    issuedAt: readDate(more.receipt_datetime ?? more.receipt_date_time),
  })),
)
export type BankReceiptAnswer = v.InferOutput<typeof Receipt>

const readDate = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms))

/** `receipts` in its place is another generation of the API, in which the same numbers mean something else. */
export const Receipts = v.object({
  receipt: v.fallback(v.optional(v.array(Receipt)), undefined),
  receipts: v.optional(v.undefined()),
})
