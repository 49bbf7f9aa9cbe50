import * as v from 'valibot'

const digitsOf = (text: string): number[] => Array.from(text, Number)

const control = (digits: number[], weights: number[]): number =>
  (weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0) % 11) % 10

const weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]

/** Order of the ФНС of 29.06.2012 № ММВ-7-6/435@: the last digit of 10, the last two of 12 are control digits. */
const isInn = (text: string): boolean => {
  const digits = digitsOf(text)
  if (digits.length === 10) return control(digits, weights.slice(2)) === digits[9]
  return (
    digits.length === 12 &&
    control(digits, weights.slice(1)) === digits[10] &&
    control(digits, weights) === digits[11]
  )
}

/** ИНН of a company (10 digits) or of a person (12), its control digits right. */
export const Inn = v.pipe(
  v.string(),
  v.regex(/^\d{10}(?:\d{2})?$/, '10 or 12 digits'),
  v.check(isInn, 'an ИНН with right control digits'),
)

export const Kpp = v.pipe(v.string(), v.regex(/^\d{4}[\dA-Z]{2}\d{3}$/, 'a КПП of 9 characters'))

export const Bik = v.pipe(v.string(), v.regex(/^\d{9}$/, '9 digits'))

/** E.164, as the operators write it: `+79161234567`. */
export const Phone = v.pipe(v.string(), v.regex(/^\+[1-9]\d{6,14}$/, 'a phone number in E.164'))
