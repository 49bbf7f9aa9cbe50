import { isExact, isRoubles, type OneCRow, type OneCValue } from './entity.ts'
import { roublesText } from './roubles.ts'

const plain = (value: OneCValue): unknown => {
  if (Array.isArray(value)) return value.map(plainRow)
  if (isRoubles(value)) return roublesText(value.kopecks)
  return isExact(value) ? value.exactly : value
}

const plainRow = (row: OneCRow): object =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))

/** JSON of the HTTP service: money is text with two decimals there. */
export const writeServiceBody = (body: OneCRow): string => JSON.stringify(plainRow(body))
