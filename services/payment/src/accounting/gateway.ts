import type { Counterparty, Finding } from '@kontora/one-c'
import type { Way } from '../attempts/attempt.ts'
import type { PricedLine } from '../invoices/invoice.ts'

/** `percent` of the rate is null where there is no VAT. */
export type BilledLine = PricedLine & { percent: number | null }
export type Bill = {
  id: string
  legalEntityId: string
  number: string
  userId: string
  amountKopecks: number
  issuedAt: Date
  lines: BilledLine[]
}

/** Whom and by what contract the base's documents of one payer name, in its own keys. */
export type Party = { counterpartyKey: string; contractKey: string }

/** Money that came or went back for an invoice; `id` is its document's key in 1С. */
export type Movement = { id: string; bill: Bill; party: Party; amountKopecks: number; at: Date }

/** What 1С is told. Nothing is told twice: a card or СБП payment is never a bank receipt besides. */
export type AccountingDocument =
  | { kind: 'invoice'; bill: Bill; payer: Counterparty }
  | ({ kind: 'payment'; way: Way } & Movement)
  | ({ kind: 'transfer' } & Movement)
  | ({ kind: 'refund'; paymentId: string } & Movement)
  /** What the bank kept of a payment, by its registry. */
  | ({ kind: 'commission'; payment: Movement & { way: Way } } & Movement)
  | { kind: 'cancellation'; bill: Bill; at: Date }
  /** A transfer turned out not to be of this payer: `id` is the key of its document, which is taken back. */
  | { kind: 'withdrawal'; id: string; bill: Bill; at: Date }

export const documentKinds = [
  'invoice',
  'payment',
  'transfer',
  'refund',
  'commission',
  'cancellation',
  'withdrawal',
] as const satisfies AccountingDocument['kind'][]
export type DocumentKind = (typeof documentKinds)[number]

/** What lies in 1С after it was written, read back and compared; `number` is 1С's own. */
export type Delivered = { number: string; version: string; posted: boolean; party?: Party }

/** The mapping says that this kind is not ours to book. */
export const leftOut = 'left-out'

/** A document as 1С has it now. */
export type Listed = { id: string; amountKopecks: number | undefined; posted: boolean; marked: boolean }

/**
 * The accountant's books, whatever channel leads to them. All of it may be repeated after any fault, and throws `OneCFault`.
 */
export type AccountingGateway = {
  channel: 'odata' | 'http'
  /** Writes under our own id what is not there yet, and compares what is then kept with what was sent. */
  put: (document: AccountingDocument) => Promise<Delivered | typeof leftOut>
  /** The cheapest question that only a living base answers. */
  ping: () => Promise<void>
  /** What was made by us and is dated from `from` until before `to`. */
  documentsBetween: (from: Date, to: Date) => Promise<Listed[]>
  stateOf: (kind: DocumentKind, document: { id: string; way: Way | null }) => Promise<Listed | undefined>
  /** Whether documents are expected to be posted, and what becomes of one that was cancelled or taken back. */
  expects: { posted: boolean; cancelled: 'mark' | 'unpost' | 'leave' }
  /** Whether the mapping fits the base; only reads. */
  check: () => Promise<Finding[]>
}
