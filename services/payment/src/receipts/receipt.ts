import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'

/**
 * `sale`: paid in full for what is handed over. `advance`: paid before that. `final`: the second receipt of a prepaid
 * order, when it is handed over. `refund`: money that went back. `correction`: somebody made it at the bank's cabinet.
 */
export const receiptKinds = ['sale', 'advance', 'final', 'refund', 'correction'] as const
export type ReceiptKind = (typeof receiptKinds)[number]

/** `expected`: the law wants it. `sent`: the till has it. `delivered`: the tax service's operator has it. `void`: none is wanted. */
export const receiptStates = ['expected', 'sent', 'delivered', 'error', 'void'] as const
export type ReceiptState = (typeof receiptStates)[number]

export const Receipt = v.object({
  receiptId: Id,
  kind: v.picklist(receiptKinds),
  state: v.picklist(receiptStates),
  invoiceId: Id,
  /** None: it was paid by transfer, and its receipt is made at the till by hand. */
  attemptId: v.nullable(Id),
  amountKopecks: Kopecks,
  /** Номер фискального накопителя, номер документа and its sign: by them anyone finds it at the tax service. */
  fiscalDriveNumber: v.nullable(v.string()),
  fiscalDocumentNumber: v.nullable(v.string()),
  fiscalSign: v.nullable(v.string()),
  ofdUrl: v.nullable(v.string()),
  issuedAt: v.nullable(v.string()),
  expectedAt: v.string(),
  deliveredAt: v.nullable(v.string()),
})

export type Outcome = 'sent' | 'delivered' | 'error'
export type BankGroup = 'payment' | 'refund' | 'correction'

const groups: BankGroup[] = ['payment', 'refund', 'correction']
const outcomes: Outcome[] = ['sent', 'delivered', 'error']

/** `receiptStatus` 0 … 8 of RBS; at another generation of the API 3 is a success, here it is a refund that was sent. */
export const readStatus = (status: number): { group: BankGroup; outcome: Outcome } | undefined => {
  const group = groups[Math.trunc(status / 3)]
  const outcome = outcomes[status % 3]
  return group && outcome && { group, outcome }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
/** A drive whose documents have not reached the operator for 30 days locks itself: later there is nothing to ask for. */
const lastAskMs = 30 * dayMs

/** After 1, 5 and 30 minutes, each hour up to a day, then four times a day; undefined is never again. */
export const nextReceiptAskMs = (ageMs: number): number | undefined => {
  const early = [1, 5, 30].map((minutes) => minutes * minuteMs).find((at) => at > ageMs)
  if (early !== undefined) return early - ageMs
  if (ageMs < dayMs) return hourMs
  return ageMs < lastAskMs ? 6 * hourMs : undefined
}

/**
 * The end of the working day after that of the payment, Moscow time: the law's own limit for money that came without a till
 * (54-ФЗ, art. 1.2 p. 5.4). Holidays are not known here, so before them the alarm comes early.
 */
export const transferReceiptDueAt = (paidAt: Date): Date => {
  const moscow = new Date(paidAt.getTime() + 3 * hourMs)
  const midnight = Date.UTC(moscow.getUTCFullYear(), moscow.getUTCMonth(), moscow.getUTCDate())
  let due = midnight + dayMs
  while (isWeekend(due)) due += dayMs
  return new Date(due + dayMs - 3 * hourMs)
}

const isWeekend = (time: number): boolean => [0, 6].includes(new Date(time).getUTCDay())
