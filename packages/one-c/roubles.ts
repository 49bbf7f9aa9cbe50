/** Money in what is sent to 1С: integer kopecks here, a JSON number of roubles with two digits there. */
export type Roubles = { readonly kopecks: number }

export const roubles = (kopecks: number): Roubles => {
  if (!Number.isSafeInteger(kopecks)) throw new RangeError('Money is a whole number of kopecks')
  return { kopecks }
}

/**
 * 9 999 999 999 999,99 ₽: 1С keeps sums of documents as numbers of 15 digits, two of them after the point, and up to here a
 * floating number of its JSON still tells every kopeck.
 */
export const mostKopecks = 999_999_999_999_999

/** `12200.10`, by text: no floating number is on the way. */
export const roublesText = (kopecks: number): string => {
  const digits = String(Math.abs(kopecks)).padStart(3, '0')
  return `${kopecks < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const shape = /^(-?)(\d+)(?:\.(\d{1,2}))?$/

/** The kopecks of 1С's number (rounded to two digits, as 1С itself keeps it) or text; undefined is no sum of money. */
export const kopecksOf = (value: unknown): number | undefined => {
  const text = typeof value === 'number' ? value.toFixed(2) : typeof value === 'string' ? value : ''
  const [, sign, whole, fraction = ''] = shape.exec(text) ?? []
  if (whole === undefined) return undefined
  const kopecks = Number(`${sign}${whole}${fraction.padEnd(2, '0')}`)
  // Never minus zero, which is equal to nothing.
  return Number.isSafeInteger(kopecks) ? kopecks + 0 : undefined
}
