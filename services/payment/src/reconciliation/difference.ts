/** What of the bank and what of ours do not agree. */
export const differenceTypes = [
  // The statement and the ledger.
  'no-statement',
  'opening-balance',
  'closing-balance',
  'line-not-booked',
  'line-amount',
  'line-gone',
  'match-amount',
  'match-booked',
  // The registry and our operations.
  'missing-at-ours',
  'missing-at-bank',
  'amount',
  'twice',
  'state',
  'date',
  'net',
  'commission',
  'no-registry',
  // What the bank paid for them.
  'payout-missing',
  'payout-amount',
  'payout-unknown',
  'payout-lines',
  // Our operations and the ledger.
  'attempt-booked',
  'captured-amount',
  'refund-booked',
  // The books as a whole.
  'bank-balance',
  'unidentified-balance',
  'acquiring-balance',
] as const
export type DifferenceType = (typeof differenceTypes)[number]

export const subjectKinds = [
  'bank-account',
  'transfer',
  'match',
  'registry-line',
  'attempt',
  'refund',
  'payout',
  'day',
  'ledger-account',
] as const
export type SubjectKind = (typeof subjectKinds)[number]

/** `expected` is what the other side says, `actual` what was found here. */
export type Difference = {
  type: DifferenceType
  subjectKind: SubjectKind
  subject: string
  expectedKopecks: number | null
  actualKopecks: number | null
}

/** The day of a moment by the clock of the bank and the accountant. */
export const moscowDay = (time: Date): string =>
  new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Moscow' }).format(time)

export const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
