import type { ReceiptCalls } from '../vtb/receipts.ts'
import type { Counting } from './cart.ts'

/**
 * How this company answers the law of tills (54-ФЗ). Its receipts are made by the bank from the cart of an order. Nothing
 * in its place: the merchant has a till of his own, or none is wanted.
 */
export type Fiscal = ReceiptCalls & {
  /** `at-payment`: what is paid whole is a sale at once. `by-operator`: it is a prepayment until somebody hands it over. */
  handOver: 'by-operator' | 'at-payment'
  counting: Counting
  /** Tag 1212 of what is sold: 4 is a service. */
  paymentObject: number
  /**
   * Between companies no till is wanted unless an electronic means of payment is presented (54-ФЗ, art. 2 p. 9), which the
   * payment page is not clearly free of: `send` makes a receipt for a company's card too, which nobody fines.
   */
  ofCompanies: 'send' | 'omit'
  /** Money of a person that came by transfer wants a receipt by the next working day (art. 1.2 p. 5.3 and 5.4). */
  ofTransfers: 'people' | 'none'
  /** Where receipts go whose payer has no address that the bank takes; he sees the link beside his invoice. */
  ownContact: string | undefined
  /** The payer's address now; it is passed on and kept nowhere. */
  readContact: (userId: string) => Promise<string | undefined>
}
