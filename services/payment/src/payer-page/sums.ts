import type { Language } from '@kontora/service/pages'
import { Kopecks } from '@kontora/validation'
import * as v from 'valibot'

/** Exact up to the last kopeck: the number never passes through a float. */
export const roubles = (language: Language, kopecks: number): string => {
  const digits = String(kopecks).padStart(3, '0')
  const decimal = `${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`
  const style = { style: 'currency', currency: 'RUB', currencyDisplay: 'narrowSymbol' } as const
  return new Intl.NumberFormat(language, style).format(decimal)
}

/** A day of a calendar, the same wherever the reader is. */
export const dayIn = (language: Language, date: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  )

/** As people write a sum: `1 000`, `1000,5`, `1000.50 ₽`. Undefined is none, or not one of whole kopecks. */
export const readRoubles = (text: string): number | undefined => {
  const [, whole = '', part = ''] = /^(\d{1,14})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s₽]/g, '')) ?? []
  const kopecks = Number(`${whole}${part.padEnd(2, '0')}`)
  return whole !== '' && v.is(Kopecks, kopecks) ? kopecks : undefined
}
