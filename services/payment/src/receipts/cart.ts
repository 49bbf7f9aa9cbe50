import { shareOut } from './share-out.ts'

/** Tag 1214 of a receipt, as the order of the ФНС on formats of fiscal documents numbers it. */
export const paymentMethod = { prepayment: 1, partPrepayment: 2, advance: 3, fullPayment: 4 } as const
export type PaymentMethod = (typeof paymentMethod)[keyof typeof paymentMethod]

/** A line of the invoice; its amount is after the discount, VAT included. */
export type CartLine = {
  position: number
  title: string
  quantity: number
  amountKopecks: number
  vat: string
}

/** `amountKopecks` is exactly `priceKopecks` × `quantity`. */
export type CartItem = {
  /** Unique in the cart of the order; refunds and closings name it again. */
  positionId: number
  /** The line of the invoice that is paid; null is money that is for no line. */
  line: number | null
  name: string
  quantity: number
  priceKopecks: number
  amountKopecks: number
  vat: string
  method: PaymentMethod
}

/** `one`: a till by ФФД 1.2 at the gateway, whose quantity is always 1. */
export type Counting = 'counted' | 'one'

type Amounts = Pick<CartItem, 'quantity' | 'priceKopecks' | 'amountKopecks'>

const asOne = (amountKopecks: number): Amounts[] => [
  { quantity: 1, priceKopecks: amountKopecks, amountKopecks },
]

/** A discounted sum that the quantity does not divide becomes two rows whose prices differ by a kopeck. */
export const countOut = (quantity: number, amountKopecks: number, counting: Counting): Amounts[] => {
  const dearer = amountKopecks % quantity
  const priceKopecks = (amountKopecks - dearer) / quantity
  if (counting === 'one' || quantity === 1 || priceKopecks === 0) return asOne(amountKopecks)
  const row = (count: number, price: number): Amounts => ({
    quantity: count,
    priceKopecks: price,
    amountKopecks: count * price,
  })
  const cheaper = row(quantity - dearer, priceKopecks)
  return dearer === 0 ? [cheaper] : [cheaper, row(dearer, priceKopecks + 1)]
}

const longestName = 128

/** The gateway refuses an order with anything like markup in it, and an ОФД a name of more than 128 characters. */
export const receiptName = (title: string): string =>
  title
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/javascript:/gi, 'javascript ')
    .slice(0, longestName)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()

export const sumOf = (items: readonly { amountKopecks: number }[]): number =>
  items.reduce((sum, { amountKopecks }) => sum + amountKopecks, 0)

type Paying = {
  lines: readonly CartLine[]
  /** Carts of what was paid of this invoice before. */
  earlier: readonly CartItem[]
  amountKopecks: number
  /** Handed over by the time of paying, so a payment of the whole is the last. */
  isHandedOver: boolean
  counting: Counting
}
type Row = Amounts & Pick<CartItem, 'line' | 'name' | 'vat' | 'method'>

const rowsOf = (
  { position, title, vat, quantity }: CartLine,
  amountKopecks: number,
  method: PaymentMethod,
  counting: Counting,
): Row[] =>
  countOut(quantity, amountKopecks, counting).map((amounts) => ({
    line: position,
    name: receiptName(title),
    vat,
    method,
    ...amounts,
  }))

/** A whole line is a full prepayment, a part of it a partial one (the last part too), more than all lines an advance. */
export const cartOfAttempt = ({
  lines,
  earlier,
  amountKopecks,
  isHandedOver,
  counting,
}: Paying): CartItem[] => {
  const leftOf = ({ position, amountKopecks: whole }: CartLine): number =>
    Math.max(0, whole - sumOf(earlier.filter(({ line }) => line === position)))
  const left = lines.map(leftOf)
  const leftKopecks = left.reduce((sum, one) => sum + one, 0)
  const forLines = Math.min(amountKopecks, leftKopecks)
  const isWhole = forLines === sumOf(lines)
  const whole = isWhole && isHandedOver ? paymentMethod.fullPayment : paymentMethod.prepayment
  const shares = shareOut(forLines, left) ?? []
  const rows = lines.flatMap((line, i): Row[] => {
    const share = shares[i] ?? 0
    if (share === 0) return []
    if (share === line.amountKopecks) return rowsOf(line, share, whole, counting)
    return rowsOf({ ...line, quantity: 1 }, share, paymentMethod.partPrepayment, counting)
  })
  return [...rows, ...advance(lines, amountKopecks - forLines)].map((row, i) => ({
    positionId: i + 1,
    ...row,
  }))
}

/** Its VAT is that of the line which is largest: what it will pay for nobody knows yet. */
const advance = (lines: readonly CartLine[], amountKopecks: number): Row[] => {
  if (amountKopecks === 0) return []
  const largest = lines.reduce((a, b) => (b.amountKopecks > a.amountKopecks ? b : a))
  const [amounts] = asOne(amountKopecks)
  return amounts
    ? [{ line: null, name: 'Аванс', vat: largest.vat, method: paymentMethod.advance, ...amounts }]
    : []
}
