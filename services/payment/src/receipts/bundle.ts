import { dayOf, vatKopecks } from '../invoices/invoice.ts'
import { type CartItem, paymentMethod } from './cart.ts'

/** A row of `vat_rates`: `taxType` is the bank's code of the rate, `advanceTaxType` that of a prepayment (22/122). */
export type VatRate = {
  code: string
  percent: number | null
  /** The last day on which it is in force. */
  validTo: string | null
  taxType: number
  advanceTaxType: number
}
export type VatRates = ReadonlyMap<string, VatRate>

const rateOf = (rates: VatRates, code: string): VatRate => {
  const rate = rates.get(code)
  if (!rate) throw new Error(`There is no VAT rate ${code}`)
  return rate
}

/** Money that comes before the goods bears the calculated rate: НК РФ, art. 164 p. 4. */
const taxOf = ({ vat, method, amountKopecks }: CartItem, rates: VatRates) => {
  const { percent, taxType, advanceTaxType } = rateOf(rates, vat)
  return {
    taxType: method === paymentMethod.fullPayment ? taxType : advanceTaxType,
    taxSum: vatKopecks(amountKopecks, percent),
  }
}

const paymentObjectOfAdvance = 10

export type ItemOptions = { rates: VatRates; paymentObject: number }

/** Rows as the bank's `orderBundle`, `refundItems` and `depositItems` have them. */
export const bankItems = (items: readonly CartItem[], { rates, paymentObject }: ItemOptions) =>
  items.map((item) => ({
    positionId: item.positionId,
    name: item.name,
    // 0 is a piece: an invoice counts in pieces.
    quantity: { value: item.quantity, measure: '0' },
    itemPrice: item.priceKopecks,
    itemAmount: item.amountKopecks,
    itemCode: item.line === null ? 'advance' : `line-${item.line + 1}`,
    tax: taxOf(item, rates),
    itemAttributes: {
      attributes: [
        { name: 'paymentMethod', value: String(item.method) },
        {
          name: 'paymentObject',
          value: String(item.method === paymentMethod.advance ? paymentObjectOfAdvance : paymentObject),
        },
      ],
    },
  }))

const hourMs = 3_600_000

/** `YYYY-MM-DDTHH:MM:SS` without a zone is Moscow's at this bank, which has been UTC+3 since 2014. */
const moscowTime = (time: Date): string => new Date(time.getTime() + 3 * hourMs).toISOString().slice(0, 19)

/** What goes with the registration of an order and with a closing receipt; the address is in no table and no log. */
export const orderBundle = (
  items: readonly CartItem[],
  { email, at, ...options }: ItemOptions & { email: string; at: Date },
): string =>
  JSON.stringify({
    orderCreationDate: moscowTime(at),
    customerDetails: { email },
    cartItems: { items: bankItems(items, options) },
  })

/** A rate that has ended is taken only when the bank is told that it is meant: a refund of last year's sale, say. */
export const legacyVat = (items: readonly CartItem[], rates: VatRates, at: Date): string | undefined => {
  const today = dayOf(at)
  const hasEnded = items.some(({ vat }) => (rateOf(rates, vat).validTo ?? '9999') < today)
  return hasEnded ? JSON.stringify({ use_legacy_vat: true }) : undefined
}
