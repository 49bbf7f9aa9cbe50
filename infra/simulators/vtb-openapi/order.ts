import type { Store } from '../frame/store.ts'
import type { Settings } from './settings.ts'

export type Payment = {
  paymentId: string
  paymentCode: string
  kopecks: number
  way: 'card' | 'sbp'
  word: string
  createdAt: number
  /** When a payment that was begun ends, and how. */
  dueAt: number | null
  outcome: 'paid' | 'declined'
  callback: CallbackFate
}
export type Refund = {
  refundId: string
  refundCode: string
  paymentId: string
  kopecks: number
  word: string
  createdAt: number
  dueAt: number | null
  fails: boolean
}
export type CallbackFate = 'send' | 'lose' | 'duplicate'
export type Order = {
  /** The merchant's. */
  orderId: string
  /** The bank's. */
  orderCode: string
  orderName: string
  kopecks: number
  preauth: boolean
  createdAt: number
  expireAt: number | null
  returnUrl: string | null
  sbp: { qrcId: string; url: string } | null
  payments: Payment[]
  refunds: Refund[]
  changedAt: number
}

export type Bank = {
  store: Store
  now: () => number
  newId: () => string
  settings: () => Settings
}

export const paidWords = ['CONFIRMED', 'RECONCILED', 'ACWP']
export const isPaid = ({ word }: Payment): boolean => paidWords.includes(word)

const sum = (amounts: number[]): number => amounts.reduce((total, one) => total + one, 0)

export const paidKopecks = ({ payments }: Order): number =>
  sum(payments.filter(isPaid).map(({ kopecks }) => kopecks))
export const refundedKopecks = ({ refunds }: Order): number =>
  sum(refunds.filter(({ word }) => word === 'CONFIRMED').map(({ kopecks }) => kopecks))
/** What is being given back is gone already. */
export const refundableKopecks = (order: Order, paymentId: string): number =>
  sum(
    order.payments.filter((one) => one.paymentId === paymentId && isPaid(one)).map(({ kopecks }) => kopecks),
  ) -
  sum(
    order.refunds
      .filter((one) => one.paymentId === paymentId && one.word !== 'DECLINED')
      .map(({ kopecks }) => kopecks),
  )

export const isExpired = ({ expireAt }: Order, now: number): boolean => expireAt !== null && now >= expireAt

/** Once at a time, and not after it was paid. */
export const takesPayment = (order: Order, now: number): boolean =>
  !isExpired(order, now) &&
  !order.payments.some((one) => one.dueAt !== null || isPaid(one) || one.word === 'AUTHORIZED')

type Row = { details: string }
const read = (row: Row | null): Order | undefined => (row ? (JSON.parse(row.details) as Order) : undefined)

export const prepareOrders = (store: Store): void => {
  store.run(`create table if not exists orders (
    seq integer primary key autoincrement, order_id text not null unique, order_code text not null unique,
    next_at integer, details text not null)`)
  store.run('create index if not exists orders_next on orders (next_at) where next_at is not null')
  store.run('create table if not exists payments (payment_id text primary key, order_id text not null)')
}

const nextAt = ({ payments, refunds }: Order): number | null => {
  const times = [...payments, ...refunds].flatMap(({ dueAt }) => dueAt ?? [])
  return times.length > 0 ? Math.min(...times) : null
}

export const addOrder = (store: Store, order: Order): void =>
  void store
    .query('insert into orders (order_id, order_code, next_at, details) values (?, ?, ?, ?)')
    .run(order.orderId, order.orderCode, nextAt(order), JSON.stringify(order))

export const saveOrder = (store: Store, order: Order): void => {
  store
    .query('update orders set next_at = ?, details = ? where order_id = ?')
    .run(nextAt(order), JSON.stringify(order), order.orderId)
  const known = store.query('insert or ignore into payments (payment_id, order_id) values (?, ?)')
  for (const { paymentId } of order.payments) known.run(paymentId, order.orderId)
}

export const findOrder = (store: Store, orderId: string): Order | undefined =>
  read(store.query<Row, [string]>('select details from orders where order_id = ?').get(orderId))

export const findByCode = (store: Store, orderCode: string): Order | undefined =>
  read(store.query<Row, [string]>('select details from orders where order_code = ?').get(orderCode))

export const findByPayment = (store: Store, paymentId: string): Order | undefined =>
  read(
    store
      .query<Row, [string]>(
        'select details from orders where order_id = (select order_id from payments where payment_id = ?)',
      )
      .get(paymentId),
  )

export const findDue = (store: Store, now: number): Order | undefined =>
  read(
    store
      .query<Row, [number]>('select details from orders where next_at <= ? order by next_at limit 1')
      .get(now),
  )

export const listOrders = (store: Store): Order[] =>
  store
    .query<Row, []>('select details from orders order by seq')
    .all()
    .map(({ details }) => JSON.parse(details) as Order)
