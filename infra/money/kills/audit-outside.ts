import type { Sql } from '@kontora/postgres'
import { compare, type Finding } from './audit-books.ts'
import type { Stand } from './stand.ts'

type Order = {
  orderNumber: string
  orderStatus: number
  depositedAmount: number
  refundedAmount: number
  refunds: { amount: number; externalRefundId: string | null; actionCode: number }[]
  callbacks: {
    operation: string
    succeeded: boolean
    pending: boolean
    answers: { status: number | 'lost' }[]
  }[]
}
type Document = { Ref_Key: string; Posted: boolean; amount: number }
type Row = { key: string }

export const readOrders = async ({ at }: Stand): Promise<Order[]> =>
  ((await (await fetch(`${at('vtb')}/_sim/orders`)).json()) as { orders: Order[] }).orders

/** The bank's own book: each order is an attempt of ours, what it took in and gave back is what we have as settled. */
const auditMoney = async (sql: Sql, orders: Order[]): Promise<Finding[]> => {
  const attempts = await sql<
    Row[]
  >`select order_number || ' ' || amount_kopecks as key from attempts where state = 'settled'`
  const refunds = await sql<Row[]>`
    select refund_number || ' ' || amount_kopecks as key from refunds where state = 'settled'`
  const took = orders
    .filter(({ depositedAmount, refundedAmount }) => depositedAmount + refundedAmount > 0)
    .map((order) => `${order.orderNumber} ${order.depositedAmount + order.refundedAmount}`)
  const gave = orders.flatMap((order) =>
    order.refunds
      .filter(({ actionCode }) => actionCode === 0)
      .map(({ externalRefundId, amount }) => `${externalRefundId} ${amount}`),
  )
  return [
    compare(
      'payments at the bank',
      attempts.map(({ key }) => key),
      took,
    ),
    compare(
      'refunds at the bank',
      refunds.map(({ key }) => key),
      gave,
    ),
  ]
}

/** A callback that was answered 200 is stored, once however often it came. */
const auditCallbacks = async (sql: Sql, orders: Order[]): Promise<Finding> => {
  const stored = await sql<Row[]>`
    select fields ->> 'orderNumber' || ' ' || operation || ' ' || status as key from bank_callbacks`
  const told = (isTold: (answers: Order['callbacks'][number]['answers']) => boolean) =>
    orders.flatMap(({ orderNumber, callbacks }) =>
      callbacks
        .filter(({ answers }) => isTold(answers))
        .map(({ operation, succeeded }) => `${orderNumber} ${operation} ${succeeded ? 1 : 0}`),
    )
  const answered = told((answers) => answers.some(({ status }) => status === 200))
  // What was stored and not answered was told as well: by a replica that died in between.
  const sent = told((answers) => answers.length > 0)
  const keys = stored.map(({ key }) => key)
  const lost = compare('callbacks', answered, keys)
  return { ...lost, doubled: compare('callbacks', sent, keys).doubled }
}

/** In the base of 1С each document of ours lies once, posted, with our sum. */
const auditBase = async (sql: Sql, { at }: Stand): Promise<Finding> => {
  const wanted = await sql<Row[]>`
    select id || ' ' || amount_kopecks as key from invoices
    union all select id || ' ' || amount_kopecks from attempts where state = 'settled'
    union all select id || ' ' || amount_kopecks from refunds where state = 'settled'`
  const answer = await fetch(`${at('one-c')}/_sim/documents`)
  const { documents } = (await answer.json()) as { documents: Document[] }
  const found = documents.map(
    ({ Ref_Key, Posted, amount }) => `${Ref_Key} ${Posted ? Math.round(amount * 100) : 'not posted'}`,
  )
  return compare(
    'documents in 1С',
    wanted.map(({ key }) => key),
    found,
  )
}

/** The log may hold a message twice, for the relay sends again what was not answered; a consumer tells them by their ids. */
export const auditLog = async ({ gateway }: Stand, ids: string[]): Promise<Finding> => {
  const found = await gateway.sql<Row[]>`
    select distinct value::json ->> 'id' as key from messages where topic = 'payment'`
  return compare(
    'events in the log',
    ids,
    found.map(({ key }) => key),
  )
}

export const auditQueue = async ({ counting }: Stand): Promise<Finding> => {
  const queued = await counting.sql<Row[]>`select number::text as key from queued`
  const effects = await counting.sql<Row[]>`select number::text as key from effects`
  return compare(
    'jobs',
    queued.map(({ key }) => key),
    effects.map(({ key }) => key),
  )
}

export const auditOutside = async (stand: Stand): Promise<Finding[]> => {
  const { sql } = stand.payment
  const orders = await readOrders(stand)
  return [
    ...(await auditMoney(sql, orders)),
    await auditCallbacks(sql, orders),
    await auditBase(sql, stand),
    await auditQueue(stand),
  ]
}
