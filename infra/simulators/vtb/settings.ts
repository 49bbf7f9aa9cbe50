import * as v from 'valibot'

const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000))
const Address = v.nullable(v.pipe(v.string(), v.url()))

/** What ВТБ sets per merchant, and what its papers leave open. */
export const Settings = v.strictObject({
  callbackMethod: v.picklist(['GET', 'POST']),
  callbackRetryMs: Milliseconds,
  /** Adds the parameters that support switches on: amounts, `depositFlag`, the description … */
  callbackExtras: v.boolean(),
  /** For orders without `dynamicCallbackUrl`. */
  callbackUrl: Address,
  /** Where a browser finds the payment page; null is the address that the caller used. */
  publicUrl: Address,
  /** Off: the number is ignored, so a repeated refund is made twice. */
  externalRefundId: v.boolean(),
  expectedDepositedAmount: v.boolean(),
  /** How long a refund stays in progress (`actionCode` 1120); 0 is done at once. */
  refundPendingMs: Milliseconds,
  refundFails: v.boolean(),
  reverseFails: v.boolean(),
  /** The version of `getOrderStatusExtended.do` that is set for the merchant: a lower one tells less. */
  statusVersion: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(46)),
  /** Declined attempts until the order is declined. */
  attempts: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** What the bank keeps of each payment, in hundredths of a percent. */
  cardCommission: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
  sbpCommission: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
  /** What stood on the merchant's account before all that happened here. */
  accountKopecks: v.pipe(v.number(), v.safeInteger()),
  /** A QR lives three days at НСПК, so it may be paid after the order timed out. */
  qrOutlivesSession: v.boolean(),
  /** The field table and the example of the papers disagree. */
  qrStateField: v.picklist(['qrStatus', 'status']),
  /** Off: the contract has no till, so carts are taken and no receipt is made. */
  fiscal: v.boolean(),
  /** From a receipt that is sent to one that the tax service has. */
  receiptDelayMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30 * 86_400_000)),
  receiptFails: v.boolean(),
  /** Adds fields: 2 `original_ofd_uuid`, 3 `receiptType`, 5 the cart. */
  receiptVersion: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)),
  receiptDateField: v.picklist(['receipt_datetime', 'receipt_date_time']),
  receiptAmountUnit: v.picklist(['roubles', 'kopecks']),
  /** Some ОФД give no link. */
  receiptLink: v.boolean(),
})
export type Settings = v.InferOutput<typeof Settings>
export const SettingsChange = v.partial(Settings)
export type SettingsChange = v.InferOutput<typeof SettingsChange>

export const defaultSettings: Settings = {
  callbackMethod: 'GET',
  callbackRetryMs: 30_000,
  callbackExtras: false,
  callbackUrl: null,
  publicUrl: null,
  externalRefundId: true,
  expectedDepositedAmount: true,
  refundPendingMs: 0,
  refundFails: false,
  reverseFails: false,
  statusVersion: 46,
  attempts: 1,
  cardCommission: 150,
  sbpCommission: 70,
  accountKopecks: 10_000_000,
  qrOutlivesSession: true,
  qrStateField: 'qrStatus',
  fiscal: true,
  receiptDelayMs: 2_000,
  receiptFails: false,
  receiptVersion: 5,
  receiptDateField: 'receipt_datetime',
  receiptAmountUnit: 'roubles',
  receiptLink: true,
}
