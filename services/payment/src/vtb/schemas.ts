import * as v from 'valibot'

/** Numbers come as text and text as numbers; what is unknown is left alone. */
const Code = v.pipe(v.union([v.string(), v.number()]), v.transform(String))
const KopecksAnswer = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number))]),
  v.safeInteger(),
)

export const Outcome = v.object({ errorCode: v.optional(Code), success: v.optional(v.boolean()) })

export const Registered = v.object({
  orderId: v.pipe(v.string(), v.minLength(1), v.maxLength(36)),
  formUrl: v.string(),
})

/** The field table and the example of the bank's papers name the state differently; neither is needed to show a QR. */
export const Qr = v.object({ qrId: v.string(), payload: v.optional(v.string()) })

const BankRefund = v.object({
  amount: v.optional(KopecksAnswer),
  actionCode: v.optional(Code),
  externalRefundId: v.optional(v.string()),
})
export type BankRefund = v.InferOutput<typeof BankRefund>

export const OrderStatus = v.object({
  orderNumber: v.string(),
  orderStatus: v.pipe(Code, v.transform(Number), v.integer()),
  actionCode: v.optional(Code),
  amount: KopecksAnswer,
  currency: Code,
  paymentWay: v.optional(v.string()),
  paymentAmountInfo: v.optional(
    v.object({ depositedAmount: v.optional(KopecksAnswer), refundedAmount: v.optional(KopecksAnswer) }),
  ),
  refunds: v.optional(v.array(BankRefund)),
  attributes: v.optional(v.array(v.object({ name: v.string(), value: v.optional(v.string()) }))),
})
export type OrderStatus = v.InferOutput<typeof OrderStatus>
