import type { Sum } from '../acquirer/sum.ts'

/** `10.56`: by division of whole numbers into text, for a float would sometimes tell another sum. */
export const roublesText = (amount: Sum): string => {
  const kopecks = BigInt(amount)
  return `${kopecks / 100n}.${String(kopecks % 100n).padStart(2, '0')}`
}

/** Whole kopecks from the digits that the bank wrote, or nothing if there are parts of a kopeck or more than we can hold. */
export const kopecksOf = (text: string): number | undefined => {
  const parts = /^(\d{1,14})(?:\.(\d{1,2})0*)?$/.exec(text.trim())
  if (!parts) return undefined
  const kopecks = BigInt(parts[1] ?? '') * 100n + BigInt((parts[2] ?? '').padEnd(2, '0'))
  return kopecks <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(kopecks) : undefined
}

type Context = { source?: string }

/** JSON in which each number stays the text that it was written as: 19.99 is never made a float. */
export const parseExactly = (text: string): unknown =>
  (
    JSON.parse as (
      text: string,
      reviver: (key: string, value: unknown, context?: Context) => unknown,
    ) => unknown
  )(text, (_, value, context) => (typeof value === 'number' ? (context?.source ?? String(value)) : value))
