import { type CartItem, type PaymentMethod, paymentMethod, sumOf } from './cart.ts'
import { shareOut } from './share-out.ts'

type Taking = {
  cart: readonly CartItem[]
  /** What refunds took of it before. */
  refunded: readonly CartItem[]
  amountKopecks: number
}

const leftOf = ({ positionId, amountKopecks }: CartItem, taken: readonly CartItem[]): number =>
  Math.max(0, amountKopecks - sumOf(taken.filter((one) => one.positionId === positionId)))

/** Whole pieces where the share is some, else one piece of that price. */
const part = (item: CartItem, shareKopecks: number, method: PaymentMethod): CartItem => {
  const pieces = item.priceKopecks > 0 && shareKopecks % item.priceKopecks === 0
  return {
    ...item,
    method,
    quantity: pieces ? shareKopecks / item.priceKopecks : 1,
    priceKopecks: pieces ? item.priceKopecks : shareKopecks,
    amountKopecks: shareKopecks,
  }
}

const take = (
  { cart, refunded, amountKopecks }: Taking,
  methodOf: (item: CartItem) => PaymentMethod,
): CartItem[] | undefined => {
  const shares = shareOut(
    amountKopecks,
    cart.map((item) => leftOf(item, refunded)),
  )
  return shares && cart.flatMap((item, i) => (shares[i] ? [part(item, shares[i], methodOf(item))] : []))
}

/**
 * What of an order's cart a refund gives back, in the proportion of what is left of each position. A prepayment goes back
 * as a prepayment; what its closing receipt has made a sale goes back as one. Undefined: so much is not left of the cart.
 */
export const cartOfRefund = (taking: Taking & { isClosed: boolean }): CartItem[] | undefined =>
  take(taking, ({ method }) => (taking.isClosed ? paymentMethod.fullPayment : method))

/** Prepaid and not refunded, so there is something to close; money that is for no line waits for one. */
export const closableKopecks = ({ cart, refunded }: Omit<Taking, 'amountKopecks'>): number =>
  prepaid(cart).reduce((sum, item) => sum + leftOf(item, refunded), 0)

const prepaid = (cart: readonly CartItem[]): CartItem[] =>
  cart.filter(({ line, method }) => line !== null && method !== paymentMethod.fullPayment)

/** The closing receipt: the prepayment is set off and the goods are paid in full. */
export const cartOfClosing = ({ cart, ...taking }: Taking): CartItem[] | undefined =>
  take({ cart: prepaid(cart), ...taking }, () => paymentMethod.fullPayment)
