import type { Mention } from './invoice-mentions.ts'
import { payerEvidence } from './judge-payer.ts'
import {
  type Decision,
  type MatchQuestion,
  matchedBy,
  type PayableInvoice,
  partOf,
  payable,
  unmatched,
} from './match.ts'
import { choiceFor } from './sum-of-invoices.ts'

/** For which invoices a transfer is. Only what nothing speaks against is matched; the rest is for a person, with the reason. */
export const decideMatch = (question: MatchQuestion): Decision => {
  const { named } = question
  const own = named.filter((invoice) => payerEvidence(question, invoice) === 'agrees')
  if (own.length > 0) return byOwnNumbers(question, own)
  const unknown = named.filter((invoice) => payerEvidence(question, invoice) === 'unknown')
  return byNumberAndAmount(question, unknown) ?? byPayer(question) ?? reasonFor(question)
}

const exactOf = (invoices: PayableInvoice[], amountKopecks: number): PayableInvoice[] =>
  invoices.filter((invoice) => payable(invoice) && invoice.leftKopecks === amountKopecks)

const wholeParts = (invoices: PayableInvoice[]) => invoices.map((one) => partOf(one, one.leftKopecks))

/** A bare number may mean those of two years; a day told with it says which. */
const ofMention = ({ year, count, issuedOn }: Mention, invoices: PayableInvoice[]): PayableInvoice[] => {
  const meant = invoices.filter(
    (invoice) => invoice.numberCount === count && (year === null || invoice.numberYear === year),
  )
  const onDay = meant.filter((invoice) => issuedOn !== null && invoice.issuedOn === issuedOn)
  return onDay.length > 0 ? onDay : meant
}

const byOwnNumbers = (question: MatchQuestion, own: PayableInvoice[]): Decision => {
  const { amountKopecks, mentions, owed } = question
  const meant = [...new Set(mentions.flatMap((mention) => ofMention(mention, own)))]
  const open = meant.filter(payable)
  const [first] = open
  if (first && open.length === 1) return oneOfOwn(question, first)
  if (open.length > 1) return severalOfOwn(question, open)
  const [paid] = meant
  if (meant.every(({ state }) => state === 'cancelled')) return unmatched('named-is-cancelled')
  // Last month's purpose is often sent again: then an open one of this sum may be meant.
  if (!paid || meant.length > 1 || exactOf(owed, amountKopecks).length > 0) return unmatched('named-is-paid')
  return matchedBy('number-and-payer', [partOf(paid, amountKopecks)])
}

/** More than is left of the one that is named may be for another besides: then only the one sum tells. */
const oneOfOwn = (question: MatchQuestion, invoice: PayableInvoice): Decision => {
  const { amountKopecks, mentions, owed } = question
  if (amountKopecks > invoice.leftKopecks) {
    const others = owed.filter(({ invoiceId }) => invoiceId !== invoice.invoiceId)
    if (exactOf(others, amountKopecks).length > 0) return unmatched('several-fit')
    if (mentions.length > 1) return unmatched('sum-fits-no-choice')
  }
  return matchedBy('number-and-payer', [partOf(invoice, amountKopecks)])
}

const severalOfOwn = ({ amountKopecks, mentions }: MatchQuestion, open: PayableInvoice[]): Decision => {
  const total = open.reduce((sum, { leftKopecks }) => sum + leftKopecks, 0)
  const oneEach = mentions.length >= open.length
  if (oneEach && total === amountKopecks) return matchedBy('numbers-and-payer', wholeParts(open))
  const chosen = choiceFor(open, amountKopecks)
  if (chosen === 'several') return unmatched('several-fit')
  return chosen ? matchedBy('numbers-and-payer', wholeParts(chosen)) : unmatched('sum-fits-no-choice')
}

const dayDiffers = (mentions: Mention[], { numberCount, issuedOn }: PayableInvoice): boolean =>
  mentions.some(({ count, issuedOn: told }) => count === numberCount && told !== null && told !== issuedOn)

/** Where the payer cannot be held against anything, the whole number, the sum and the day must all fit. */
const byNumberAndAmount = (question: MatchQuestion, unknown: PayableInvoice[]): Decision | undefined => {
  const { amountKopecks, mentions } = question
  const sure = mentions.filter(({ year, issuedOn }) => year !== null || issuedOn !== null)
  const meant = [...new Set(sure.flatMap((mention) => ofMention(mention, unknown)))]
  const [only] = exactOf(meant, amountKopecks)
  if (!only || meant.length > 1 || mentions.length > 1 || dayDiffers(mentions, only)) return undefined
  return matchedBy('number-and-amount', [partOf(only, amountKopecks)])
}

/** Somebody else's invoice that is named and is just this sum: he may well pay for another. */
const paysForAnother = ({ named, amountKopecks }: MatchQuestion): boolean =>
  exactOf(named, amountKopecks).length > 0

const byPayer = (question: MatchQuestion): Decision | undefined => {
  const { amountKopecks, owed } = question
  if (owed.length === 0) return undefined
  if (paysForAnother(question)) return unmatched('payer-differs')
  const exact = exactOf(owed, amountKopecks)
  const [only] = exact
  if (only && exact.length === 1) return matchedBy('payer-and-amount', [partOf(only, amountKopecks)])
  if (exact.length > 1) return byDue(question, exact)
  const chosen = choiceFor(owed, amountKopecks)
  if (chosen === 'several') return unmatched('several-fit')
  return chosen ? matchedBy('payer-and-sum', wholeParts(chosen)) : undefined
}

/** The law's order holds where the payer told nothing: a number that cannot be read is something. */
const byDue = ({ amountKopecks, mentions }: MatchQuestion, exact: PayableInvoice[]): Decision => {
  const users = new Set(exact.map(({ userId }) => userId))
  const dues = exact.flatMap(({ dueOn }) => dueOn ?? []).toSorted()
  const first = exact.filter(({ dueOn }) => dueOn !== null && dueOn === dues[0])
  const [only] = first
  if (mentions.length > 0 || users.size > 1 || dues.length < exact.length || !only || first.length > 1)
    return unmatched('several-fit')
  return matchedBy('payer-amount-and-due', [partOf(only, amountKopecks)])
}

const reasonFor = ({ named, mentions, owed, payerInn }: MatchQuestion): Decision => {
  if (named.some(({ state }) => state === 'cancelled')) return unmatched('named-is-cancelled')
  if (named.length > 0) return unmatched(payerInn ? 'payer-differs' : 'not-confirmed')
  if (owed.length > 0) return unmatched('sum-fits-no-choice')
  if (mentions.length > 0) return unmatched('number-unknown')
  return unmatched(payerInn ? 'payer-unknown' : 'nothing-named')
}
