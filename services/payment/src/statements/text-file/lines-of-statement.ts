import {
  type AccountSection,
  type Direction,
  type Fault,
  type Statement,
  type StatementDocument,
  StatementFaults,
  type StatementLine,
} from './statement.ts'

type Side = { account: string; direction: Direction }

/**
 * On which of the statement's accounts a document stands. The accounts say it; the two days say it only where both sides
 * are ours (then one document may stand for both) or neither is written as the statement writes it.
 */
const sidesOf = ({ payer, payee, sentDay, receivedDay }: StatementDocument, accounts: string[]): Side[] => {
  const out = accounts.includes(payer.account)
  const into = accounts.includes(payee.account)
  const sent: Side = { account: payer.account, direction: 'out' }
  const received: Side = { account: payee.account, direction: 'in' }
  if (out && into) {
    if (receivedDay && !sentDay) return [received]
    if (sentDay && !receivedDay) return [sent]
    return payer.account === payee.account ? [] : [sent, received]
  }
  if (into) return [received]
  if (out) return [sent]
  const [only] = accounts
  if (!only || accounts.length > 1 || Boolean(sentDay) === Boolean(receivedDay)) return []
  return [{ account: only, direction: receivedDay ? 'in' : 'out' }]
}

const lineOn = (
  document: StatementDocument,
  { account, direction }: Side,
  sections: AccountSection[],
): StatementLine => {
  const { line, section, number, day, amountKopecks, payKind, purpose, isTax } = document
  const told = direction === 'in' ? document.receivedDay : document.sentDay
  const [only] = sections.filter((one) => one.account === account)
  const oneDay = only && only.fromDay === only.toDay ? only.fromDay : undefined
  return {
    line,
    account,
    direction,
    bookedOn: told ?? oneDay ?? day,
    section,
    number,
    day,
    amountKopecks,
    party: direction === 'in' ? document.payer : document.payee,
    payKind,
    purpose,
    isTax,
  }
}

/** Every document as a line of an own account; one that stands on none is a fault. Sums of nothing are left out. */
export const linesOf = ({ documents, accounts, sections }: Statement): StatementLine[] => {
  const faults: Fault[] = []
  const lines = documents.flatMap((document) => {
    const sides = sidesOf(document, accounts)
    if (sides.length === 0)
      faults.push({ line: document.line, expected: 'an account of this statement on one side' })
    return document.amountKopecks === 0 ? [] : sides.map((side) => lineOn(document, side, sections))
  })
  if (faults.length > 0) throw new StatementFaults(faults)
  return lines
}
