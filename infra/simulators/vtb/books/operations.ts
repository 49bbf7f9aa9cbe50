import type { Order } from '../order.ts'
import { bankDay, dayAfter } from './day.ts'

/** What the bank did for the merchant, as its registry tells it. */
export type Operation = {
  kind: 'payment' | 'refund'
  way: 'card' | 'sbp'
  orderNumber: string
  externalRefundId: string | null
  at: number
  amountKopecks: number
  commissionKopecks: number
}

/** Hundredths of a percent of each payment; a refund gives none of it back. */
export type Commission = { card: number; sbp: number }

const shareOf = (kopecks: number, basisPoints: number): number =>
  Number((BigInt(kopecks) * BigInt(basisPoints) * 2n + 10_000n) / 20_000n)

const wayOf = ({ paymentWay }: Order): 'card' | 'sbp' => (paymentWay === 'SBP_C2B' ? 'sbp' : 'card')

/** What was taken at first: refunds lower what is deposited. */
const takenKopecks = ({ depositedKopecks, refundedKopecks }: Order): number =>
  depositedKopecks + refundedKopecks

const operationsOf = (order: Order, commission: Commission): Operation[] => {
  const { orderNumber, depositedAt, refunds } = order
  const way = wayOf(order)
  const common = { way, orderNumber }
  const amountKopecks = takenKopecks(order)
  const payment: Operation[] =
    depositedAt === null || amountKopecks === 0
      ? []
      : [
          {
            ...common,
            kind: 'payment',
            externalRefundId: null,
            at: depositedAt,
            amountKopecks,
            commissionKopecks: shareOf(amountKopecks, commission[way]),
          },
        ]
  const given = refunds.filter(({ dueAt, actionCode }) => dueAt === null && actionCode === 0)
  return [
    ...payment,
    ...given.map(
      ({ madeAt, doneAt, externalRefundId, ...refund }): Operation => ({
        ...common,
        kind: 'refund',
        externalRefundId,
        at: doneAt ?? madeAt,
        amountKopecks: refund.amountKopecks,
        commissionKopecks: 0,
      }),
    ),
  ]
}

/** Of one day for the merchant: what came, what went, and what is paid for it on the next. */
export type Registry = {
  number: string
  day: string
  paidOn: string
  operations: Operation[]
  grossKopecks: number
  commissionKopecks: number
  netKopecks: number
}

const sum = (operations: Operation[], of: (operation: Operation) => number): number =>
  operations.reduce((total, operation) => total + of(operation), 0)

export const signed = ({ kind, amountKopecks }: Operation): number =>
  kind === 'payment' ? amountKopecks : -amountKopecks

/** Days on which nothing was done have none. The oldest first. */
export const registriesOf = (orders: Order[], commission: Commission): Registry[] => {
  const all = orders.flatMap((order) => operationsOf(order, commission)).toSorted((a, b) => a.at - b.at)
  const days = Map.groupBy(all, ({ at }) => bankDay(at))
  return Array.from(days, ([day, operations]) => {
    const grossKopecks = sum(operations, signed)
    const commissionKopecks = sum(operations, (operation) => operation.commissionKopecks)
    return {
      number: day.replaceAll('-', ''),
      day,
      paidOn: dayAfter(day),
      operations,
      grossKopecks,
      commissionKopecks,
      netKopecks: grossKopecks - commissionKopecks,
    }
  })
}
