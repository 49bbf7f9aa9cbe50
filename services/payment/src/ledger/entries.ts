export type Entry = { account: string; amountKopecks: number }

const move = (debit: string, credit: string, amountKopecks: number): Entry[] => [
  { account: debit, amountKopecks },
  { account: credit, amountKopecks: -amountKopecks },
]

const receivable = (userId: string) => `receivable:${userId}`
/** 57.03: the bank has the money and owes it to us. */
const acquiring = 'acquiring'
const invoiced = 'invoiced'
const returns = 'returns'
const refundsInTransit = 'refunds-in-transit'

type Amount = { amountKopecks: number }
type Payers = Amount & { userId: string }

/** Which accounts each event of money moves, the debit first. */
export const entriesOf = {
  'invoice-issued': ({ userId, amountKopecks }: Payers) => move(receivable(userId), invoiced, amountKopecks),
  'invoice-cancelled': ({ userId, amountKopecks }: Payers) =>
    move(invoiced, receivable(userId), amountKopecks),
  /** What was not paid of it. */
  'invoice-expired': ({ userId, amountKopecks }: Payers) => move(invoiced, receivable(userId), amountKopecks),
  'invoice-revived': ({ userId, amountKopecks }: Payers) => move(receivable(userId), invoiced, amountKopecks),
  'attempt-settled': ({ userId, amountKopecks }: Payers) =>
    move(acquiring, receivable(userId), amountKopecks),
  'refund-requested': ({ amountKopecks }: Amount) => move(returns, refundsInTransit, amountKopecks),
  'refund-settled': ({ amountKopecks }: Amount) => move(refundsInTransit, acquiring, amountKopecks),
  'refund-failed': ({ amountKopecks }: Amount) => move(refundsInTransit, returns, amountKopecks),
}

export type Movement = keyof typeof entriesOf
