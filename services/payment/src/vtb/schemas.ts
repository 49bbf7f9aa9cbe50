import * as v from 'valibot'

/** Numbers come as text and text as numbers; what is unknown is left alone, what is null is absent. */
const Code = v.pipe(v.union([v.string(), v.number()]), v.transform(String))
const KopecksAnswer = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number))]),
  v.safeInteger(),
)

export const Outcome = v.object({ errorCode: v.nullish(Code), success: v.nullish(v.boolean()) })

export const Registered = v.object({
  orderId: v.pipe(v.string(), v.minLength(1), v.maxLength(36)),
  formUrl: v.string(),
})

/** The field table and the example of the bank's papers name the state differently: either is taken. */
export const Qr = v.object({
  qrId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  payload: v.nullish(v.string()),
})
export const QrStatus = v.object({
  status: v.nullish(v.string()),
  qrStatus: v.nullish(v.string()),
  transactionState: v.nullish(v.string()),
})
export const QrRejected = v.object({ rejected: v.nullish(v.boolean()) })

const RefundAnswer = v.object({
  amount: v.nullish(KopecksAnswer),
  actionCode: v.nullish(Code),
  externalRefundId: v.nullish(v.string()),
})

/** Which of these come depends on the version that is set for the merchant (1 … 46); only the first ones always do. */
export const OrderStatus = v.object({
  orderNumber: v.string(),
  orderStatus: v.pipe(Code, v.transform(Number), v.integer()),
  actionCode: v.nullish(Code),
  amount: KopecksAnswer,
  currency: Code,
  paymentWay: v.nullish(v.string()),
  paymentAmountInfo: v.nullish(
    v.object({
      approvedAmount: v.nullish(KopecksAnswer),
      depositedAmount: v.nullish(KopecksAnswer),
      refundedAmount: v.nullish(KopecksAnswer),
    }),
  ),
  refunds: v.nullish(v.array(RefundAnswer)),
  attributes: v.nullish(v.array(v.object({ name: v.string(), value: v.nullish(v.string()) }))),
})
export type OrderStatus = v.InferOutput<typeof OrderStatus>
