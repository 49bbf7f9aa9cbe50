import { OneCFault } from './one-c-fault.ts'

export type OneCValue = string | number | boolean | OneCRow[]
export type OneCRow = { [property: string]: OneCValue }
/** What is sent: always under our own key, so that a repeat finds what was made. */
export type OneCEntity = OneCRow & { Ref_Key: string }
/** What 1С answers: its own business. */
export type OneCAnswer = Readonly<Record<string, unknown>>

const isRow = (value: unknown): value is OneCAnswer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sameRows = (sent: OneCRow[], kept: unknown): boolean =>
  Array.isArray(kept) &&
  kept.length === sent.length &&
  sent.every((row, i) => isRow(kept[i]) && differences(row, kept[i]).length === 0)

/** Money is a floating number in 1С's JSON, and an Int64 is text. */
const sameNumber = (sent: number, kept: unknown): boolean =>
  Math.round(sent * 100) === Math.round(Number(kept) * 100)

const isSame = (name: string, sent: OneCValue, kept: unknown): boolean => {
  if (kept === undefined || kept === null) return false
  if (Array.isArray(sent)) return sameRows(sent, kept)
  if (typeof sent === 'number') return sameNumber(sent, kept)
  if (name.endsWith('_Key')) return String(sent).toLowerCase() === String(kept).toLowerCase()
  return true
}

const ownNumber = new Set(['LineNumber'])

/** Numbers, references and rows. Free text is the accountant's to change, but a property that is not there at all was misnamed. */
export const differences = (sent: OneCRow, kept: OneCAnswer): string[] =>
  Object.entries(sent)
    .filter(([name, value]) => {
      if (ownNumber.has(name)) return false
      const isReference = typeof value === 'string' && `${name}_Type` in sent
      return isReference ? kept[name] !== value : !isSame(name, value, kept[name])
    })
    .map(([name]) => name)

/** 1С ignores an unknown property in silence, so what it kept is compared with what it was sent. */
export const refuseDifferences = (sent: OneCRow, kept: OneCAnswer): void => {
  const names = differences(sent, kept)
  if (names.length > 0)
    throw new OneCFault('business', 'mismatch', `В 1С записано иначе, чем отправлено: ${names.join(', ')}`)
}
