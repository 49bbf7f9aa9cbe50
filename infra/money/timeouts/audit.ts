import type { World } from './world.ts'

type BankOrder = {
  mdOrder: string
  orderNumber: string
  orderStatus: number
  depositedAmount: number
  refundedAmount: number
  refunds: { amount: number }[]
}
type Attempt = {
  id: string
  invoiceId: string
  state: string
  orderNumber: string
  capturedKopecks: number | null
}
type Refund = { id: string; attemptId: string; state: string; amountKopecks: number }
export type Findings = { wrong: string[]; payments: number; refunds: number; shown: number }

const sum = (amounts: number[]): number => amounts.reduce((total, one) => total + one, 0)
const groupBy = <One>(all: One[], key: (one: One) => string): Map<string, One[]> => {
  const groups = new Map<string, One[]>()
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return groups
}

/** One charge an invoice, one order a number, and of each order the bank and we say the same. */
const judgeCharges = (attempts: Attempt[], orders: Map<string, BankOrder[]>): string[] => {
  const ended = new Set(['settled', 'failed', 'expired', 'reversed', 'held'])
  const isPaid = ({ orderStatus }: BankOrder) => orderStatus === 2 || orderStatus === 4
  const wrong = attempts.flatMap(({ id, state, orderNumber, capturedKopecks }) => {
    const mine = orders.get(orderNumber) ?? []
    const taken = mine.filter(isPaid)
    const captured = sum(taken.map(({ depositedAmount, refundedAmount }) => depositedAmount + refundedAmount))
    if (mine.length > 1) return [`${mine.length} orders of one number`]
    if (!ended.has(state)) return [`attempt ${id} is left ${state}`]
    if ((state === 'settled') !== (taken.length === 1))
      return [`attempt ${id} is ${state}, paid ${taken.length} times`]
    return state === 'settled' && captured !== capturedKopecks
      ? [`attempt ${id}: ${captured} at the bank`]
      : []
  })
  const paid = attempts.filter(({ orderNumber }) => (orders.get(orderNumber) ?? []).some(isPaid))
  const twice = [...groupBy(paid, ({ invoiceId }) => invoiceId).values()].filter(({ length }) => length > 1)
  return [...wrong, ...twice.map(() => 'an invoice was charged twice')]
}

/** What we say is settled was given back, no kopeck more, and once. */
const judgeRefunds = (attempts: Attempt[], refunds: Refund[], orders: Map<string, BankOrder[]>): string[] => {
  const byAttempt = groupBy(refunds, ({ attemptId }) => attemptId)
  return attempts.flatMap(({ id, orderNumber }) => {
    const [order] = orders.get(orderNumber) ?? []
    const mine = byAttempt.get(id) ?? []
    const settled = sum(
      mine.filter(({ state }) => state === 'settled').map(({ amountKopecks }) => amountKopecks),
    )
    const given = order?.refundedAmount ?? 0
    if ((order?.refunds.length ?? 0) > mine.length) return [`attempt ${id}: a second refund`]
    return given === settled ? [] : [`attempt ${id}: ${settled} settled, ${given} given back`]
  })
}

/** A hold was moved once at most, whatever the bank answered. */
const judgeMoves = ({ payment }: World): string[] => {
  const told = payment.bank.store
    .query<{ operation: string; n: number }, []>(
      `select operation, count(*) as n from journal where operation in ('deposit.do', 'reverse.do')
       group by operation, details ->> 'orderId' having n > 1`,
    )
    .all()
  return told.map(({ operation }) => `${operation} was repeated`)
}

/** The bank's own book against ours; what is left open must stand where the operator sees it. */
export const audit = async (world: World): Promise<Findings> => {
  const { payment, story } = world
  const { orders: all } = (await payment.bank.ask('GET', 'orders')) as unknown as { orders: BankOrder[] }
  const orders = groupBy(all, ({ orderNumber }) => orderNumber)
  const attempts = await payment.sql<Attempt[]>`
    select id, invoice_id, state, order_number, captured_kopecks from attempts`
  const refunds = await payment.sql<Refund[]>`select id, attempt_id, state, amount_kopecks from refunds`
  const token = await story.operator()
  const { items } = (await payment.ask('GET', '/v1/attention', { token })).json
  const seen = new Set(items.map(({ id }) => id))
  const open = refunds.filter(
    ({ state }) => state !== 'settled' && state !== 'failed' && state !== 'requested',
  )
  const hidden = open.filter(({ id }) => !seen.has(id)).slice(0, 200 - items.length)
  const broken = payment.lines.filter((line) => line.includes('due-row-failed'))
  return {
    wrong: [
      ...judgeCharges([...attempts], orders),
      ...judgeRefunds([...attempts], [...refunds], orders),
      ...judgeMoves(world),
      ...hidden.map(({ id, state }) => `refund ${id} is ${state} and not shown`),
      ...broken.map(() => 'a row broke on a bug of ours'),
    ],
    payments: attempts.filter(({ state }) => state === 'settled').length,
    refunds: refunds.filter(({ state }) => state === 'settled').length,
    shown: open.length,
  }
}
