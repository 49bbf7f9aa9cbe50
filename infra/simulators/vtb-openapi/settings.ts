import * as v from 'valibot'

const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000))

/** What the bank's papers leave open, and what it sets per merchant. */
export const Settings = v.strictObject({
  tokenSeconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400)),
  /** `form`, `basic`, or either. */
  tokenAuth: v.picklist(['form', 'basic', 'either']),
  /** Demanded in `Merchant-Authorization`; null asks for none. */
  merchant: v.nullable(v.string()),
  /** An order's number that is known: refused with 409, or answered with what it was. */
  repeatedOrder: v.picklist(['refused', 'answered']),
  /** Off: the number is ignored, so a repeated refund is made twice. */
  refundIdIsKnown: v.boolean(),
  /** How long a refund is `NEW`; 0 is `CONFIRMED` at once. */
  refundPendingMs: Milliseconds,
  refundFails: v.boolean(),
  statusField: v.picklist(['status', 'Status']),
  /** What a payment by СБП is called when it is paid; some code knows other words than those of the papers. */
  sbpPaidWord: v.pipe(v.string(), v.nonEmpty()),
  /** What an order is called when its time is over; null leaves it `CREATED`. */
  expiredWord: v.nullable(v.string()),
  /** Tell the page's address and the СБП link again when the order is asked for. */
  repeatsLinks: v.boolean(),
  callbackUrl: v.nullable(v.pipe(v.string(), v.url())),
  callbackRetryMs: Milliseconds,
  publicUrl: v.nullable(v.pipe(v.string(), v.url())),
})
export type Settings = v.InferOutput<typeof Settings>
export const SettingsChange = v.partial(Settings)

export const defaultSettings: Settings = {
  tokenSeconds: 179,
  tokenAuth: 'either',
  merchant: null,
  repeatedOrder: 'refused',
  refundIdIsKnown: true,
  refundPendingMs: 0,
  refundFails: false,
  statusField: 'status',
  sbpPaidWord: 'CONFIRMED',
  expiredWord: null,
  repeatsLinks: true,
  callbackUrl: null,
  callbackRetryMs: 30_000,
  publicUrl: null,
}
