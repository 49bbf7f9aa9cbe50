import type { TransferKind } from '../transfers/transfer-kind.ts'

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

/** 51: our accounts, as their statements say. */
const bank = 'bank'
/** 91.02: what the bank keeps for itself. */
const commission = 'commission'
/** Money on our accounts of which it is not known yet whose it is. */
const unidentified = 'unidentified'
/** 57.01: on the way from one own account to another. */
const betweenAccounts = 'between-accounts'
/** What is no matter of ours: balances of before, taxes, salaries, suppliers. */
const outside = 'outside'

const sentFor: Record<TransferKind, string> = {
  payment: outside,
  /** The bank gave back more than it took. */
  payout: unidentified,
  returned: outside,
  other: outside,
  tax: outside,
  own: betweenAccounts,
  commission,
  refund: unidentified,
}

type Line = Amount & { kind: TransferKind }
type Match = Payers & { direction: 'in' | 'out' }
type Payout = { grossKopecks: number; commissionKopecks: number; netKopecks: number }

/** A line of a statement always moves `bank`; whose it is is booked when it is known. */
export const transferEntriesOf = {
  'account-opened': ({ amountKopecks }: Amount) => move(bank, outside, amountKopecks),
  'transfer-received': ({ kind, amountKopecks }: Line) =>
    move(bank, kind === 'own' ? betweenAccounts : unidentified, amountKopecks),
  'transfer-sent': ({ kind, amountKopecks }: Line) => move(sentFor[kind], bank, amountKopecks),
  'transfer-matched': ({ direction, userId, amountKopecks }: Match) =>
    direction === 'in'
      ? move(unidentified, receivable(userId), amountKopecks)
      : move(receivable(userId), unidentified, amountKopecks),
  'transfer-unmatched': ({ direction, userId, amountKopecks }: Match) =>
    direction === 'in'
      ? move(receivable(userId), unidentified, amountKopecks)
      : move(unidentified, receivable(userId), amountKopecks),
  /** The bank pays for many operations at once, less its commission. */
  'payout-registered': ({ grossKopecks, commissionKopecks, netKopecks }: Payout): Entry[] =>
    [
      { account: unidentified, amountKopecks: netKopecks },
      { account: commission, amountKopecks: commissionKopecks },
      { account: acquiring, amountKopecks: -grossKopecks },
    ].filter(({ amountKopecks }) => amountKopecks !== 0),
}

export type TransferMovement = keyof typeof transferEntriesOf
