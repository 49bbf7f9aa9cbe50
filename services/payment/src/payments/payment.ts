import { DateOnly, Id, Kopecks, Name, SignedKopecks, ZeroOrMoreKopecks } from '@kontora/validation'
import * as v from 'valibot'
import { attemptStates } from '../attempts/attempt.ts'
import { moveKinds, moveStates } from '../holds/hold-move.ts'
import { Invoice } from '../invoices/invoice.ts'
import { letterStates } from '../letters/record-letter.ts'
import { receiptKinds, receiptStates } from '../receipts/receipt.ts'
import { refundStates } from '../refunds/refund.ts'

/** An id or a number, ours or the bank's. */
export const PaymentKey = Name(64)

const Time = v.string()
const MaybeTime = v.nullable(v.string())
const Text = v.nullable(v.string())

const Attempt = v.object({
  attemptId: Id,
  acquirer: v.string(),
  capture: v.string(),
  state: v.picklist(attemptStates),
  reason: Text,
  way: Text,
  amountKopecks: Kopecks,
  capturedKopecks: v.nullable(Kopecks),
  refundedKopecks: ZeroOrMoreKopecks,
  /** Our number at the bank, and the bank's own. */
  orderNumber: v.string(),
  mdOrder: Text,
  startedAt: Time,
  openedAt: MaybeTime,
  heldAt: MaybeTime,
  endedAt: MaybeTime,
  /** When the bank is told, or asked, next. */
  startAt: MaybeTime,
  askAt: MaybeTime,
})

const Callback = v.object({ attemptId: Id, operation: v.string(), status: v.string(), receivedAt: Time })

const Move = v.object({
  moveId: Id,
  attemptId: Id,
  kind: v.picklist(moveKinds),
  amountKopecks: v.nullable(Kopecks),
  state: v.picklist(moveStates),
  failure: Text,
  requestedBy: v.string(),
  requestedAt: Time,
  attemptedAt: MaybeTime,
  endedAt: MaybeTime,
})

const Refund = v.object({
  refundId: Id,
  attemptId: Id,
  amountKopecks: Kopecks,
  state: v.picklist(refundStates),
  failure: Text,
  refundNumber: v.string(),
  requestedBy: v.string(),
  requestedAt: Time,
  attemptedAt: MaybeTime,
  acceptedAt: MaybeTime,
  endedAt: MaybeTime,
})

const Decision = v.object({
  subject: v.string(),
  subjectId: Id,
  outcome: v.string(),
  amountKopecks: v.nullable(Kopecks),
  stateBefore: v.string(),
  reason: v.string(),
  decidedBy: v.string(),
  decidedAt: Time,
})

const Transfer = v.object({
  matchId: Id,
  transferId: Id,
  direction: v.picklist(['in', 'out']),
  bookedOn: DateOnly,
  amountKopecks: Kopecks,
  appliedKopecks: ZeroOrMoreKopecks,
  rule: v.string(),
  matchedBy: v.string(),
  matchedAt: Time,
  unmatchedBy: Text,
  unmatchReason: Text,
  unmatchedAt: MaybeTime,
})

/** A debit is positive, a credit negative. */
const Entry = v.object({
  transactionId: Id,
  kind: v.string(),
  sourceId: Id,
  madeAt: Time,
  account: v.string(),
  amountKopecks: SignedKopecks,
})

const Receipt = v.object({
  receiptId: Id,
  attemptId: v.nullable(Id),
  kind: v.picklist(receiptKinds),
  state: v.picklist(receiptStates),
  reason: Text,
  amountKopecks: Kopecks,
  bankUuid: Text,
  expectedAt: Time,
  toldAt: MaybeTime,
  deliveredAt: MaybeTime,
  alarmedAt: MaybeTime,
})

const Export = v.object({
  exportId: Id,
  kind: v.string(),
  documentId: Id,
  state: v.string(),
  attempts: v.number(),
  reasonCode: Text,
  oneCNumber: Text,
  createdAt: Time,
  exportedAt: MaybeTime,
})

/** `days` after the day that the invoice is due, before it below zero. */
const Reminder = v.object({ days: v.number(), toldAt: Time })

/** As `notification` told of it last. */
const Letter = v.object({
  messageId: Id,
  kind: v.string(),
  state: v.picklist(letterStates),
  changedAt: Time,
})

/** A line of the bank's registry: what the bank says it took and kept for itself. */
const RegistryLine = v.object({
  orderNumber: v.string(),
  kind: v.string(),
  operatedOn: DateOnly,
  grossKopecks: Kopecks,
  commissionKopecks: SignedKopecks,
  payoutNumber: v.string(),
  paidOn: DateOnly,
})

/** Where the bank and our books are not of one mind, and nobody has explained it. */
const Difference = v.object({
  type: v.string(),
  day: v.nullable(DateOnly),
  subjectKind: v.string(),
  subject: v.string(),
  expectedKopecks: v.nullable(SignedKopecks),
  actualKopecks: v.nullable(SignedKopecks),
  foundAt: Time,
})

/** An invoice and all that became of it: no name and no address is in it. Each list is in the order of time. */
export const Payment = v.object({
  invoice: Invoice,
  attempts: v.array(Attempt),
  callbacks: v.array(Callback),
  moves: v.array(Move),
  refunds: v.array(Refund),
  decisions: v.array(Decision),
  transfers: v.array(Transfer),
  ledger: v.array(Entry),
  receipts: v.array(Receipt),
  exports: v.array(Export),
  reminders: v.array(Reminder),
  letters: v.array(Letter),
  registry: v.array(RegistryLine),
  differences: v.array(Difference),
})
export type Payment = v.InferOutput<typeof Payment>
