import * as v from 'valibot'
import { kopecksOf } from './roubles.ts'

/** Numbers arrive as their own text; an amount that is not whole kopecks is no answer. */
const Roubles = v.pipe(v.string(), v.transform(kopecksOf), v.number())
const Amount = v.object({ value: Roubles, code: v.nullish(v.string()) })
/** Written in two ways. */
const Status = v.object({ value: v.string() })
const withStatus = { status: v.nullish(Status), Status: v.nullish(Status) }
const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))

export const PaymentAnswer = v.object({
  object: v.object({
    ...withStatus,
    paymentId: v.nullish(Id),
    amount: v.nullish(Amount),
    paymentData: v.nullish(v.object({ type: v.nullish(v.string()) })),
  }),
})
export const RefundAnswer = v.object({
  object: v.object({ ...withStatus, refundId: v.nullish(Id), amount: v.nullish(Amount) }),
})
const Prepared = v.object({
  type: v.nullish(v.string()),
  object: v.nullish(v.object({ url: v.nullish(v.string()), qrcId: v.nullish(v.string()) })),
})

export const OrderAnswer = v.object({
  object: v.object({
    ...withStatus,
    orderId: Id,
    orderCode: v.nullish(Id),
    amount: Amount,
    expire: v.nullish(v.string()),
    payUrl: v.nullish(v.string()),
    preparedPayments: v.nullish(v.array(Prepared)),
    transactions: v.nullish(
      v.object({
        payments: v.nullish(v.array(PaymentAnswer)),
        refunds: v.nullish(v.array(RefundAnswer)),
      }),
    ),
  }),
})
export type OrderAnswer = v.InferOutput<typeof OrderAnswer>['object']

/** A hint: nothing of it is believed but whose order it may be about. */
export const CallbackHint = v.object({
  type: v.pipe(v.string(), v.maxLength(40)),
  object: v.object({ orderId: v.pipe(v.string(), v.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)) }),
})

export const statusOf = (answer: v.InferOutput<v.ObjectSchema<typeof withStatus, undefined>>): string =>
  answer.status?.value ?? answer.Status?.value ?? ''
