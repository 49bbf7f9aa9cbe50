import { isExact, isRoubles, type OneCAnswer, type OneCRow, type OneCValue } from './entity.ts'
import { OneCFault } from './one-c-fault.ts'
import { kopecksOf, roublesText } from './roubles.ts'

/** What 1С keeps otherwise than it was sent; `sent` and `kept` only where they are sums, counts or fixed words. */
export type Difference = { name: string; sent?: string; kept?: string }

const isRow = (value: unknown): value is OneCAnswer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const ofRows = (name: string, sent: OneCRow[], kept: unknown): Difference[] => {
  if (!Array.isArray(kept)) return [{ name }]
  if (kept.length !== sent.length)
    return [{ name: `${name}, строк`, sent: String(sent.length), kept: String(kept.length) }]
  return sent.flatMap((row, i) =>
    (isRow(kept[i]) ? differences(row, kept[i]) : [{ name: '' }]).map((one) => ({
      ...one,
      name: `${name}[${i + 1}].${one.name}`,
    })),
  )
}

/** Money is a floating number in 1С's JSON, so it is compared in kopecks. */
const ofMoney = (name: string, kopecks: number, kept: unknown): Difference[] => {
  const there = kopecksOf(kept)
  if (there === kopecks) return []
  return [{ name, sent: roublesText(kopecks), kept: there === undefined ? '?' : roublesText(there) }]
}

const same = (left: unknown, right: unknown): boolean =>
  String(left).toLowerCase() === String(right).toLowerCase()

const isKey = (name: string, row: OneCRow): boolean => name.endsWith('_Key') || `${name}_Type` in row

const ofValue = (name: string, sent: OneCValue, kept: unknown, row: OneCRow): Difference[] => {
  if (kept === undefined || kept === null) return [{ name }]
  if (Array.isArray(sent)) return ofRows(name, sent, kept)
  if (isRoubles(sent)) return ofMoney(name, sent.kopecks, kept)
  if (isExact(sent)) return sent.exactly === kept ? [] : [{ name, sent: sent.exactly, kept: String(kept) }]
  // An Int64 is text in 1С's JSON.
  if (typeof sent === 'number') return Number(kept) === sent ? [] : [{ name }]
  if (typeof sent === 'boolean') return kept === sent ? [] : [{ name }]
  if (isKey(name, row)) return same(sent, kept) ? [] : [{ name }]
  return []
}

/** 1С numbers the rows of a section itself. */
const ownNumber = new Set(['LineNumber'])

/** Sums, references, fixed words and rows. Free text is the accountant's to change, but a property that is not there at all was misnamed. */
export const differences = (sent: OneCRow, kept: OneCAnswer): Difference[] =>
  Object.entries(sent).flatMap(([name, value]) =>
    ownNumber.has(name) ? [] : ofValue(name, value, kept[name], sent),
  )

const told = ({ name, sent, kept }: Difference): string =>
  sent === undefined ? name : `${name} (отправлено ${sent}, записано ${kept})`

const most = 20

/** 1С ignores an unknown property in silence, so what it kept is compared with what it was sent. */
export const refuseDifferences = (found: Difference[]): void => {
  if (found.length === 0) return
  const names = found.slice(0, most).map(told).join(', ')
  throw new OneCFault('business', 'mismatch', `В 1С записано иначе, чем отправлено: ${names}`)
}
