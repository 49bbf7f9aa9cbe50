import { accounts, bankBook } from './bank-book.ts'
import { partsTold, toldInOrder, toldOnce } from './events.ts'
import { movesFinal, paymentsFinal, refundsFinal } from './final.ts'
import type { Invariant } from './invariant.ts'
import { invoicesAgree, invoicesExpire } from './invoices.ts'
import { balances, bookedOnce, payersOwe } from './ledger.ts'
import { refundsWithinCaptured } from './refunds.ts'
import { oncePerKey } from './repeats.ts'

/** What holds of every history at rest, by name: one more is one more line. */
export const invariants: Record<string, Invariant> = {
  'debits equal credits': balances,
  'no double and no lost credit': bookedOnce,
  'the bank has what we have': bankBook,
  'accounts agree': accounts,
  'every payment final': paymentsFinal,
  'every refund final': refundsFinal,
  'every move of a hold final': movesFinal,
  'invoices agree with attempts': invoicesAgree,
  'invoices expire': invoicesExpire,
  'payers owe what is left': payersOwe,
  'refunds within what was captured': refundsWithinCaptured,
  'events told once': toldOnce,
  'parts told': partsTold,
  'events in order': toldInOrder,
  'repeats change nothing': oncePerKey,
}
