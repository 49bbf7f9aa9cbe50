import { type BankGroup, type Outcome, type ReceiptKind, readStatus } from './receipt.ts'

/** One of the bank's receipts of an order. `type` undefined: this merchant's answer has no such field. */
export type BankReceipt = {
  uuid: string
  status: number
  type: 'close' | null | undefined
  /** As it stands there; roubles by the papers, whole numbers in their example. */
  amountTotal: string | undefined
  /** The sum of its cart, where the answer has it. */
  cartKopecks: number | undefined
}

/** A receipt of ours that waits for its counterpart; in the order in which they were expected. */
export type Waiting = {
  id: string
  kind: ReceiptKind
  amountKopecks: number
  bankUuid: string | null
  /** Earlier ones of the bank that ended badly and were asked for anew. */
  givenUpUuids: string[]
}

export type Match = { id: string; uuid: string; outcome: Outcome; isAmountRight: boolean }
export type Matched = { matches: Match[]; corrections: { uuid: string; outcome: Outcome }[]; strange: number }

/** Digits are only moved, never computed with: a fraction of a rouble is no floating number here. */
const kopecksOf = (roubles: string): number | undefined => {
  const [, whole, fraction = ''] = /^(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(roubles) ?? []
  return whole === undefined ? undefined : Number(`${whole}${fraction.padEnd(2, '0')}`)
}

/** Undefined: the bank does not say. A whole number may be roubles or kopecks, so either will do. */
export const isAmount = (receipt: BankReceipt, amountKopecks: number): boolean | undefined => {
  const { amountTotal, cartKopecks } = receipt
  if (amountTotal === undefined) return cartKopecks === undefined ? undefined : cartKopecks === amountKopecks
  const isKopecks = /^\d+$/.test(amountTotal) && Number(amountTotal) === amountKopecks
  return isKopecks || kopecksOf(amountTotal) === amountKopecks
}

const kindsOf = (group: BankGroup, type: BankReceipt['type']): ReceiptKind[] => {
  if (group !== 'payment') return [group]
  if (type === 'close') return ['final']
  return type === null ? ['sale', 'advance'] : ['sale', 'advance', 'final']
}

/**
 * Which of the bank's receipts is which of ours. A uuid once matched stays; a new one goes to the first that waits for its
 * kind and sum. Where the bank does not tell the sum and several wait, it is left until it does.
 */
export const matchReceipts = (waiting: readonly Waiting[], list: readonly BankReceipt[]): Matched => {
  const matched: Matched = { matches: [], corrections: [], strange: 0 }
  const givenUp = new Set(waiting.flatMap(({ givenUpUuids }) => givenUpUuids))
  const free = waiting.filter(({ bankUuid }) => bankUuid === null)
  for (const receipt of list.filter(({ uuid }) => !givenUp.has(uuid))) {
    const status = readStatus(receipt.status)
    if (!status) {
      matched.strange++
      continue
    }
    const { group, outcome } = status
    const known = waiting.find(({ bankUuid }) => bankUuid === receipt.uuid)
    const ours = known ?? choose(free, receipt, kindsOf(group, receipt.type), outcome)
    if (ours) {
      if (!known) free.splice(free.indexOf(ours), 1)
      const isAmountRight = isAmount(receipt, ours.amountKopecks) !== false
      matched.matches.push({ id: ours.id, uuid: receipt.uuid, outcome, isAmountRight })
    } else if (group === 'correction') matched.corrections.push({ uuid: receipt.uuid, outcome })
    else if (!isAmbiguous(free, receipt, group)) matched.strange++
  }
  return matched
}

const choose = (
  free: readonly Waiting[],
  receipt: BankReceipt,
  kinds: ReceiptKind[],
  outcome: Outcome,
): Waiting | undefined => {
  const candidates = free.filter(({ kind }) => kinds.includes(kind))
  const right = candidates.find(({ amountKopecks }) => isAmount(receipt, amountKopecks) === true)
  if (right || candidates.length < 2) return right ?? candidates[0]
  // A person looks at all of them anyway.
  return outcome === 'error' ? candidates[0] : undefined
}

const isAmbiguous = (free: readonly Waiting[], receipt: BankReceipt, group: BankGroup): boolean =>
  free.some(({ kind }) => kindsOf(group, receipt.type).includes(kind))
