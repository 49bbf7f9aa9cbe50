import type { StatementLine } from '../statements/text-file/statement.ts'

/** What a line of a statement is. Incoming: the first four; outgoing: all but `payment` and `returned`. */
export const transferKinds = [
  'payment',
  'payout',
  'returned',
  'own',
  'refund',
  'commission',
  'tax',
  'other',
] as const
export type TransferKind = (typeof transferKinds)[number]

/** `ВидОплаты` of a bank order: the bank itself acts. */
const bankOrder = '17'
const isByBank = ({ payKind, section }: StatementLine): boolean =>
  payKind === bankOrder || /^банковский ордер|^мемориальный ордер/i.test(section)

const ofAcquiring = /эквайринг|реестр|возмещ[её]н|\bсбп\b|(?<!\p{L})сбп(?!\p{L})|c2b/iu
/** A commission that is taken apart from the payout is no payout. */
const ofAcquiringFee = /^\s*(?:списание\s+)?комисси/iu
const ofReturn = /(?<!\p{L})возвр/iu
const ofCommission =
  /комисси|плата за (?:ведение|обслуживание|услуги банка|пакет)|ведение счета|(?<!\p{L})рко(?!\p{L})/iu
/** Income of the bank, its claims for commissions. */
const bankIncome = /^(?:70601|47423)/
/** The treasury's accounts. */
const ofTreasury = /^(?:03100|40101|40102)/

/** `ownAccounts` are all that we keep books of. */
export const kindOf = (line: StatementLine, ownAccounts: ReadonlySet<string>): TransferKind => {
  const { direction, party, purpose, isTax } = line
  if (ownAccounts.has(party.account)) return 'own'
  if (direction === 'in') {
    if (isByBank(line) && ofAcquiring.test(purpose)) return 'payout'
    return ofReturn.test(purpose) ? 'returned' : 'payment'
  }
  if (isTax || ofTreasury.test(party.account)) return 'tax'
  if (isByBank(line) && ofAcquiring.test(purpose) && !ofAcquiringFee.test(purpose)) return 'payout'
  if (bankIncome.test(party.account) || (isByBank(line) && ofCommission.test(purpose))) return 'commission'
  return ofReturn.test(purpose) ? 'refund' : 'other'
}

/** Whether somebody has yet to be found for it; all else says by its kind where it belongs. */
export const isForMatching = (kind: TransferKind): boolean =>
  kind === 'payment' || kind === 'returned' || kind === 'refund' || kind === 'payout'

/** Only these are matched without a person: money that came, and the bank's payouts by their registry. */
export const isMatchedByRules = (kind: TransferKind): boolean => kind === 'payment'
