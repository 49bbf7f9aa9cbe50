import { isExact, isRoubles, type OneCRow, type OneCValue } from './entity.ts'
import { roublesText } from './roubles.ts'

const writeValue = (value: OneCValue): string => {
  if (Array.isArray(value)) return `[${value.map(writeEntity).join()}]`
  if (isRoubles(value)) return roublesText(value.kopecks)
  return JSON.stringify(isExact(value) ? value.exactly : value)
}

/** JSON by hand, for money: `JSON.stringify` has only floating numbers. */
export const writeEntity = (entity: OneCRow): string =>
  `{${Object.entries(entity)
    .map(([name, value]) => `${JSON.stringify(name)}:${writeValue(value)}`)
    .join()}}`
