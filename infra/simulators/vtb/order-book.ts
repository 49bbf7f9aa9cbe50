import type { Store } from '../frame/store.ts'
import { nextEventAt, type Order } from './order.ts'

type Row = { details: string }

export const prepareOrders = (store: Store): void => {
  store.run(`create table if not exists orders (
    seq integer primary key autoincrement, md_order text not null unique, order_number text not null unique,
    next_at integer, details text not null)`)
  store.run('create index if not exists orders_next on orders (next_at) where next_at is not null')
  store.run('create table if not exists qrs (qr_id text primary key, md_order text not null)')
  store.run('create table if not exists refund_ids (external_id text primary key, md_order text not null)')
}

const read = (row: Row | null): Order | undefined => (row ? (JSON.parse(row.details) as Order) : undefined)

export const findOrder = (store: Store, mdOrder: string): Order | undefined =>
  read(store.query<Row, [string]>('select details from orders where md_order = ?').get(mdOrder))

export const findOrderByNumber = (store: Store, orderNumber: string): Order | undefined =>
  read(store.query<Row, [string]>('select details from orders where order_number = ?').get(orderNumber))

export const findOrderByQr = (store: Store, qrId: string): Order | undefined =>
  read(
    store
      .query<Row, [string]>(
        'select details from orders where md_order = (select md_order from qrs where qr_id = ?)',
      )
      .get(qrId),
  )

/** The order to which something happens first of all that is due. */
export const findDueOrder = (store: Store, now: number): Order | undefined =>
  read(
    store
      .query<Row, [number]>('select details from orders where next_at <= ? order by next_at, seq limit 1')
      .get(now),
  )

export const listOrders = (store: Store): Order[] =>
  store
    .query<Row, []>('select details from orders order by seq')
    .all()
    .map(({ details }) => JSON.parse(details) as Order)

export const addOrder = (store: Store, order: Order): void =>
  void store
    .query('insert into orders (md_order, order_number, next_at, details) values (?, ?, ?, ?)')
    .run(order.mdOrder, order.orderNumber, nextEventAt(order), JSON.stringify(order))

export const saveOrder = (store: Store, order: Order): void =>
  void store
    .query('update orders set next_at = ?, details = ? where md_order = ?')
    .run(nextEventAt(order), JSON.stringify(order), order.mdOrder)

export const addQrId = (store: Store, qrId: string, mdOrder: string): void =>
  void store.query('insert into qrs (qr_id, md_order) values (?, ?)').run(qrId, mdOrder)

/** False if the number was given before, for whichever order. */
export const addRefundId = (store: Store, externalId: string, mdOrder: string): boolean =>
  store
    .query('insert into refund_ids (external_id, md_order) values (?, ?) on conflict do nothing')
    .run(externalId, mdOrder).changes === 1
