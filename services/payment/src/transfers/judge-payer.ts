import { normalPurpose } from './invoice-mentions.ts'
import type { MatchQuestion, PayableInvoice } from './match.ts'

/** Whether who paid is who owes: what is not known speaks neither for it nor against it. */
export type Evidence = 'agrees' | 'differs' | 'unknown'

const wordsOf = (name: string): string[] =>
  (normalPurpose(name).match(/\p{L}{3,}/gu) ?? []).filter((word) => !forms.has(word))

/** Forms of business say nothing of who it is. */
const forms = new Set(
  [
    'ООО',
    'ОАО',
    'ПАО',
    'ЗАО',
    'АНО',
    'ИНН',
    'ИНДИВИДУАЛЬНЫЙ',
    'ПРЕДПРИНИМАТЕЛЬ',
    'ОБЩЕСТВО',
    'ОГРАНИЧЕННОЙ',
    'ОТВЕТСТВЕННОСТЬЮ',
  ].map(normalPurpose),
)

/** Endings change with gender and case: Иванов and Иванова are one surname. */
const isSameWord = (one: string, other: string): boolean => {
  const length = Math.max(3, Math.min(one.length, other.length) - 2)
  return Math.abs(one.length - other.length) <= 2 && one.slice(0, length) === other.slice(0, length)
}

/** Two words in common are a person; one may be a first name alone, or a wife's surname. */
export const nameEvidence = (paid: string | null, known: string | undefined): Evidence => {
  const [paidWords, knownWords] = [wordsOf(paid ?? ''), wordsOf(known ?? '')]
  if (paidWords.length < 2 || knownWords.length < 2) return 'unknown'
  const common = knownWords.filter((word) => paidWords.some((other) => isSameWord(word, other)))
  return common.length >= 2 ? 'agrees' : 'differs'
}

/** An ИНН on both sides decides; where one lacks, names are held against each other. */
export const payerEvidence = (question: MatchQuestion, { userId }: PayableInvoice): Evidence => {
  const payer = question.payerOf(userId)
  if (!payer) return 'unknown'
  if (payer.inn && (payer.inn === question.payerInn || question.namedInns.includes(payer.inn)))
    return 'agrees'
  if (payer.inn && question.payerInn) return 'differs'
  return nameEvidence(question.payerName, payer.displayName)
}
