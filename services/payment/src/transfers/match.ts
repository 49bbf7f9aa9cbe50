import type { Mention } from './invoice-mentions.ts'

/** How a transfer was told to be for an invoice. */
export const matchRules = [
  /** The purpose names it, and the payer is its payer. */
  'number-and-payer',
  /** The purpose names several of the payer's, and they come to the sum. */
  'numbers-and-payer',
  /** The purpose names it and the sum is what is left; of the payer nothing speaks against it. */
  'number-and-amount',
  /** Nothing readable is named, and of all that the payer owes one is this sum. */
  'payer-and-amount',
  /** Several of the payer's are this sum: the earliest due is paid first (ГК РФ, art. 319.1). */
  'payer-amount-and-due',
  /** Some, or all, that the payer owes come to this sum, and no other choice does. */
  'payer-and-sum',
  'by-hand',
] as const
export type MatchRule = (typeof matchRules)[number]

/** Why a person must say it: what is ambiguous is never guessed. */
export const unmatchedReasons = [
  'nothing-named',
  'number-unknown',
  'payer-unknown',
  'payer-differs',
  'not-confirmed',
  'named-is-paid',
  'named-is-cancelled',
  'sum-fits-no-choice',
  'several-fit',
] as const
export type UnmatchedReason = (typeof unmatchedReasons)[number]

/** What the payment leaves of the invoice: nothing, a rest, or more than was asked. */
export type Fit = 'exact' | 'partial' | 'over'

export type PayableInvoice = {
  legalEntityId: string
  invoiceId: string
  userId: string
  numberYear: number
  numberCount: number
  state: string
  leftKopecks: number
  issuedOn: string
  dueOn: string | null
}

/** Whom `client` knows by these requisites. */
export type KnownPayer = { userId: string; inn: string | null; displayName: string }

export type MatchQuestion = {
  amountKopecks: number
  payerInn: string | null
  payerName: string | null
  /** Named in the purpose: somebody else may pay. */
  namedInns: string[]
  mentions: Mention[]
  /** What the mentions may mean, in every state but a draft's. */
  named: PayableInvoice[]
  /** All that those with the payer's ИНН have still to pay. */
  owed: PayableInvoice[]
  payerOf: (userId: string) => KnownPayer | undefined
}

export type Part = { invoiceId: string; userId: string; amountKopecks: number; fit: Fit }
export type Decision =
  | { matched: true; rule: MatchRule; parts: Part[] }
  | { matched: false; reason: UnmatchedReason }

export const fitOf = (amountKopecks: number, leftKopecks: number): Fit => {
  if (amountKopecks === leftKopecks) return 'exact'
  return amountKopecks < leftKopecks ? 'partial' : 'over'
}

export const payable = ({ state, leftKopecks }: PayableInvoice): boolean =>
  (state === 'issued' || state === 'expired') && leftKopecks > 0

export const partOf = ({ invoiceId, userId, leftKopecks }: PayableInvoice, amountKopecks: number): Part => ({
  invoiceId,
  userId,
  amountKopecks,
  fit: fitOf(amountKopecks, leftKopecks),
})

export const matchedBy = (rule: MatchRule, parts: Part[]): Decision => ({ matched: true, rule, parts })
export const unmatched = (reason: UnmatchedReason): Decision => ({ matched: false, reason })
