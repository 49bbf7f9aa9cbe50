import type { GeneratedInvoice, GeneratedPayer } from './generate-payers.ts'

export type { GeneratedInvoice, GeneratedPayer }

import { createPayers } from './generate-payers.ts'
import { kinds, type Made, type Payers } from './kinds-of-line.ts'
import { type Chance, chanceOf, companyName, innOf, personName } from './random-words.ts'

/** What a line really is: for which invoices, or for nobody that anything in it tells. */
export type Truth = {
  what: string
  parts: { invoiceId: string; amountKopecks: number }[] | undefined
  isTellable: boolean
  kind: string
}

export type GeneratedLine = {
  number: string
  direction: 'in' | 'out'
  section: string
  payKind: string
  amountKopecks: number
  account: string
  inn: string
  name: string
  purpose: string
  truth: Truth
  misread?: number | undefined
}
export type GeneratedDay = { payers: GeneratedPayer[]; invoices: GeneratedInvoice[]; lines: GeneratedLine[] }

const weighted = kinds.flatMap((kind) => Array.from({ length: kind.weight / 5 }, () => kind))

type Other = { kind: string; section: string; payKind: string; account: string; purpose: string }
const outgoing: Other[] = [
  {
    kind: 'commission',
    section: 'Банковский ордер',
    payKind: '17',
    account: '70601810000000000606',
    purpose: 'Комиссия за ведение счета за ноябрь 2026',
  },
  {
    kind: 'tax',
    section: 'Платежное поручение',
    payKind: '01',
    account: '03100643000000018500',
    purpose: 'Единый налоговый платеж',
  },
  {
    kind: 'refund',
    section: 'Платежное поручение',
    payKind: '01',
    account: '40702810000000000303',
    purpose: 'Возврат излишне уплаченных средств',
  },
  {
    kind: 'other',
    section: 'Платежное поручение',
    payKind: '01',
    account: '40702810000000000404',
    purpose: 'Аренда офиса за декабрь',
  },
]
const outgoingWeight = 20

const outgoingLine = (chance: Chance, i: number): GeneratedLine => {
  const { kind, ...line } = chance.oneOf(outgoing)
  const common = { number: String(i), direction: 'out' as const, amountKopecks: chance.kopecks() }
  return {
    ...common,
    ...line,
    inn: innOf(9_000_000),
    name: companyName(chance),
    truth: { what: 'went out', parts: undefined, isTellable: false, kind },
  }
}

const partsOf = ({ parts, amountKopecks }: Made): Truth['parts'] =>
  parts?.length === 1
    ? [{ invoiceId: parts[0]?.invoiceId ?? '', amountKopecks }]
    : parts?.map((part) => ({ invoiceId: part.invoiceId, amountKopecks: part.amountKopecks }))

const incomingLine = (chance: Chance, payers: Payers, i: number): GeneratedLine => {
  const kind = chance.oneOf(weighted)
  const made = kind.make(chance, payers)
  const { payer, purpose, amountKopecks } = made
  const common = {
    number: String(chance.below(5000)),
    direction: 'in' as const,
    section: 'Платежное поручение',
    payKind: '01',
  }
  const told = {
    amountKopecks,
    purpose,
    account: payer.account,
    inn: payer.inn ?? (chance.isOneIn(2) ? '0' : ''),
    name: payer.name,
  }
  return {
    ...common,
    ...told,
    number: chance.isOneIn(50) ? common.number : String(i),
    truth: { what: kind.what, parts: partsOf(made), isTellable: made.parts !== undefined, kind: 'payment' },
    misread: made.misread,
  }
}

/** Later in the day an invoice may get the number that was written by mistake, and be of just this sum: then he may pay for another. */
const asFarAsTold = (payers: Payers, line: GeneratedLine): GeneratedLine =>
  line.misread !== undefined && payers.amountOf(line.misread) === line.amountKopecks
    ? { ...line, truth: { ...line.truth, isTellable: false } }
    : line

/** A day at the bank: who pays, what he owes, what he writes. One seed, one day. */
export const generateDay = (seed: number, count: number): GeneratedDay => {
  const chance = chanceOf(seed)
  const payers = createPayers(chance, { companyName, personName, innOf })
  const lines = Array.from({ length: count }, (_, i) =>
    chance.below(1000) < outgoingWeight ? outgoingLine(chance, i) : incomingLine(chance, payers, i),
  )
  return { ...payers.all(), lines: lines.map((line) => asFarAsTold(payers, line)) }
}
