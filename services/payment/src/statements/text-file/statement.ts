/** What a statement says, in our words. Days are `2026-11-23`, money is kopecks; a balance may be negative. */
export type Direction = 'in' | 'out'

/** One section `СекцияРасчСчет`: the books of one account from the first day to the last. */
export type AccountSection = {
  line: number
  account: string
  fromDay: string
  toDay: string
  openingKopecks: number
  incomeKopecks: number | null
  outcomeKopecks: number | null
  closingKopecks: number | null
}

export type Party = { account: string; inn: string | null; name: string | null; bik: string | null }

/** One section `СекцияДокумент`, before it is known whose side we are on. */
export type StatementDocument = {
  line: number
  /** `Платежное поручение`, `Банковский ордер`, … as the bank writes it. */
  section: string
  number: string
  day: string
  amountKopecks: number
  /** The days on which it was taken and given, where the bank says so. */
  sentDay: string | null
  receivedDay: string | null
  payer: Party
  payee: Party
  /** `ВидОплаты`: 01 a payment order, 17 a bank order. */
  payKind: string | null
  purpose: string
  /** A payment to the state has a КБК. */
  isTax: boolean
}

/** A document as it stands on one own account. */
export type StatementLine = {
  line: number
  account: string
  direction: Direction
  bookedOn: string
  section: string
  number: string
  day: string
  amountKopecks: number
  /** The other side. */
  party: Party
  payKind: string | null
  purpose: string
  isTax: boolean
}

export type Statement = {
  encoding: string
  /** The bank's own clock, `2026-11-23 18:05:00`. */
  madeAt: string | null
  accounts: string[]
  sections: AccountSection[]
  documents: StatementDocument[]
}

/** Told to who sent the file: the line and what should stand there, never what stands there. */
export type Fault = { line: number; expected: string }

export const mostFaults = 20

export class StatementFaults extends Error {
  readonly faults: Fault[]

  constructor(faults: Fault[]) {
    super('The statement cannot be read')
    this.name = 'StatementFaults'
    this.faults = faults.slice(0, mostFaults)
  }
}
