import { inCyrillic } from './look-alikes.ts'
import type { Fault } from './statement.ts'

const names = new Map<string, string>()
const mostNames = 1000
const longestName = 40

/** Keys differ in case, blanks and even alphabet from bank to bank. */
export const nameOf = (key: string): string => {
  if (key.length > longestName) return ''
  const known = names.get(key)
  if (known !== undefined) return known
  const name = inCyrillic(key).toLowerCase().replaceAll(/\s/g, '')
  // A file of nonsense must not fill the memory.
  if (names.size < mostNames) names.set(key, name)
  return name
}

/** What stands in one section: each name once, with the line where it stood. */
export type Fields = {
  line: number
  /** Empty where it is missing. */
  text: (name: string) => string
  lineOf: (name: string) => number
  fault: (name: string, expected: string) => void
}

/** In kopecks: `12200.00`, `12200,5`, `12 200`; `undefined` for anything else, more than two digits of kopecks included. */
export const kopecksOf = (text: string): number | undefined => {
  const [, minus, roubles, part = ''] =
    /^(-?)(\d{1,18})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s\u00a0']/g, '')) ?? []
  if (roubles === undefined) return undefined
  const kopecks = BigInt(roubles) * 100n + BigInt(part.padEnd(2, '0'))
  if (kopecks > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return minus ? -Number(kopecks) : Number(kopecks)
}

/** `23.11.2026`, also with a time behind it, as `2026-11-23`; `undefined` for what is no day of the calendar. */
export const dayOf = (text: string): string | undefined => {
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.([12]\d{3})(?:\s.*)?$/.exec(text) ?? []
  if (!day || !month || !year) return undefined
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(written) ? written : undefined
}

export const accountPattern = /^\d{20}$/

export const readDay = (fields: Fields, name: string): string => {
  const day = dayOf(fields.text(name))
  if (day === undefined) fields.fault(name, 'a day as 23.11.2026')
  return day ?? ''
}

export const readOptionalDay = (fields: Fields, name: string): string | null =>
  fields.text(name) === '' ? null : readDay(fields, name)

/** A balance may be below zero, the sum of a document may not. */
export const readBalance = (fields: Fields, name: string): number => {
  const kopecks = kopecksOf(fields.text(name))
  if (kopecks === undefined) fields.fault(name, 'a sum in roubles with a dot before the kopecks')
  return kopecks ?? 0
}

export const readOptionalBalance = (fields: Fields, name: string): number | null =>
  fields.text(name) === '' ? null : readBalance(fields, name)

export const readAmount = (fields: Fields, name: string): number => {
  const kopecks = readBalance(fields, name)
  if (kopecks < 0) fields.fault(name, 'a sum above zero')
  return kopecks
}

type Entry = { value: string; line: number }

/** Gathers a section's fields; `faults` gets what contradicts itself. */
export const createFieldGatherer = (faults: Fault[]) => {
  let entries = new Map<string, Entry>()
  let start = 0
  let last: string | undefined
  return {
    begin: (line: number): void => {
      entries = new Map()
      start = line
      last = undefined
    },
    /** The first that says something counts; another that says something else is a fault in what money hangs on. */
    add: (name: string, value: string, line: number, strict: boolean): void => {
      const known = entries.get(name)
      if (known?.value && strict && value && known.value !== value)
        faults.push({ line, expected: 'one value for each field of a section' })
      if (!known?.value) entries.set(name, { value, line })
      last = name
    },
    /** A purpose may have been broken into lines; nothing else may. */
    goOn: (text: string): boolean => {
      const entry = last?.startsWith('назначениеплатежа') ? entries.get(last) : undefined
      if (!entry) return false
      entry.value = `${entry.value} ${text}`.trim()
      return true
    },
    fields: (): Fields => {
      const taken = entries
      const from = start
      const lineOf = (name: string) => taken.get(name)?.line ?? from
      return {
        line: from,
        lineOf,
        text: (name) => taken.get(name)?.value ?? '',
        fault: (name, expected) => faults.push({ line: lineOf(name), expected: `${name}: ${expected}` }),
      }
    },
  }
}
