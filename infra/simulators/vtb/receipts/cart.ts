import * as v from 'valibot'
import { type Form, jsonObject } from '../read-form.ts'
import { Refusal } from '../refusal.ts'

const Digits = (most: number) =>
  v.pipe(
    v.number(),
    v.safeInteger(),
    v.check((n) => String(n).length <= most),
  )
const Kopecks = v.pipe(Digits(18), v.minValue(0))
const Code = (most: number) =>
  v.pipe(
    v.union([v.string(), v.number()]),
    v.transform(String),
    v.regex(/^\d{1,3}$/),
    v.check((code) => Number(code) <= most),
  )

/** No more than three digits after the point, however a number of JSON was written. */
const Quantity = v.pipe(
  v.number(),
  v.minValue(0.001),
  v.check((value) => /^\d+(\.\d{1,3})?$/.test(String(value))),
)

const taxTypes = [0, 1, 2, 4, 6, 7, 10, 11, 12, 13, 14, 15]
const measures = [
  0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255,
]

const Attribute = v.variant('name', [
  v.object({ name: v.literal('paymentMethod'), value: v.pipe(Code(7), v.notValue('0')) }),
  v.object({ name: v.literal('paymentObject'), value: v.pipe(Code(33), v.notValue('0')) }),
  v.object({ name: v.literal('nomenclature'), value: v.pipe(v.string(), v.maxLength(95)) }),
])

/** The longest lengths are those of the papers. A name of more than 128 characters is taken, and refused by the ОФД later. */
export const CartItem = v.object({
  positionId: v.pipe(Digits(12), v.minValue(1)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  quantity: v.object({
    value: Quantity,
    measure: v.pipe(
      v.union([v.string(), v.number()]),
      v.transform(String),
      v.maxLength(20),
      v.check((measure) => !/^\d+$/.test(measure) || measures.includes(Number(measure))),
    ),
  }),
  itemPrice: Kopecks,
  itemAmount: v.pipe(
    Kopecks,
    v.check((kopecks) => String(kopecks).length <= 12),
  ),
  itemCode: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  tax: v.optional(v.object({ taxType: v.picklist(taxTypes), taxSum: Kopecks })),
  itemAttributes: v.optional(v.object({ attributes: v.array(Attribute) })),
})
export type CartItem = v.InferOutput<typeof CartItem>

const Items = v.pipe(v.array(CartItem), v.minLength(1))

/** `itemAmount` must be exactly price × quantity, and no position may come twice. */
export const checkItems = (given: unknown, amountKopecks: number, field: string): CartItem[] => {
  const parsed = v.safeParse(Items, given)
  if (!parsed.success) throw new Refusal('value', `${field}: ${v.getDotPath(parsed.issues[0]) ?? ''}`)
  const items = parsed.output
  for (const { itemAmount, itemPrice, quantity } of items)
    if (BigInt(itemAmount) * 1000n !== BigInt(itemPrice) * BigInt(Math.round(quantity.value * 1000)))
      throw new Refusal('value', `${field}: itemAmount`)
  if (new Set(items.map(({ positionId }) => positionId)).size < items.length)
    throw new Refusal('value', `${field}: positionId`)
  if (sumOf(items) !== amountKopecks) throw new Refusal('value', `${field}: amount`)
  return items
}

export const sumOf = (items: readonly CartItem[]): number =>
  items.reduce((sum, { itemAmount }) => sum + itemAmount, 0)

export type Bundle = { cartItems: { items: CartItem[] } } & Record<string, unknown>

/** The cart of an order or of a closing receipt; null where none was given. */
export const readBundle = (form: Form, amountKopecks: number): Bundle | null => {
  const bundle = jsonObject(form, 'orderBundle')
  if (bundle === null) return null
  const cart = bundle.cartItems as { items?: unknown } | undefined
  const items = checkItems(cart?.items, amountKopecks, 'orderBundle')
  checkCustomer(bundle.customerDetails)
  checkTaxSystem(form)
  const date = bundle.orderCreationDate
  if (date !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(String(date)))
    throw new Refusal('value', 'orderBundle: orderCreationDate')
  return { ...bundle, cartItems: { items } }
}

/** A receipt goes to an address or a telephone; who is named must be named whole. */
const checkCustomer = (given: unknown): void => {
  const { email, phone, fullName, inn, passport } = (given ?? {}) as Record<string, unknown>
  const isEmail = typeof email === 'string' && email.length <= 40 && /^[^@\s]+@[^@\s]+$/.test(email)
  const isPhone = typeof phone === 'string' && /^\+?\d{7,15}$/.test(phone)
  if ((email !== undefined && !isEmail) || (phone !== undefined && !isPhone) || !(isEmail || isPhone))
    throw new Refusal('value', 'orderBundle: customerDetails')
  if ((fullName !== undefined || passport !== undefined) && inn === undefined)
    throw new Refusal('value', 'orderBundle: customerDetails.inn')
}

const checkTaxSystem = (form: Form): void => {
  if (!/^[0-5]$/.test(form.get('taxSystem') ?? '0')) throw new Refusal('value', 'taxSystem')
}

/** What goes back must have been in the cart, and no more of a position than is left of it. */
export const readRefundItems = (
  form: Form,
  amountKopecks: number,
  leftOf: (positionId: number) => number,
): CartItem[] | null => {
  const given = jsonObject(form, 'refundItems')
  if (given === null) return null
  const items = checkItems(given.items, amountKopecks, 'refundItems')
  for (const { positionId, itemAmount } of items)
    if (itemAmount > leftOf(positionId)) throw new Refusal('value', 'refundItems: positionId')
  return items
}
