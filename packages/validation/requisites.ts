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

/** The last digit is the rest of the others by 11 (13 digits, a company) or by 13 (15 digits, a person in business). */
const isOgrn = (text: string): boolean => {
  const digits = digitsOf(text)
  const divisor = digits.length === 13 ? 11 : 13
  const rest = digits.slice(0, -1).reduce((left, digit) => (10 * left + digit) % divisor, 0)
  return rest % 10 === digits.at(-1)
}

/** ОГРН of a company (13 digits) or ОГРНИП of a person (15), its control digit right. */
export const Ogrn = v.pipe(
  v.string(),
  v.regex(/^\d{13}(?:\d{2})?$/, '13 or 15 digits'),
  v.check(isOgrn, 'an ОГРН with a right control digit'),
)

export const BankAccount = v.pipe(v.string(), v.regex(/^\d{20}$/, '20 digits'))

/** Bank of Russia, 08.09.1997 № 515: of the bank's three digits and the account's twenty, weighed 7, 1, 3, the sum ends with 0. */
const isKeyed = (bank: string, account: string): boolean =>
  digitsOf(bank + account).reduce((sum, digit, i) => sum + digit * ([7, 1, 3][i % 3] ?? 0), 0) % 10 === 0

/** Whether this account of a client can be one of this bank, by its control digit. */
export const isAccountOf = (bik: string, account: string): boolean => isKeyed(bik.slice(-3), account)

/** A bank's own account at the Bank of Russia: its last three digits are those of the БИК. */
export const isCorrespondentAccountOf = (bik: string, account: string): boolean =>
  account.slice(-3) === bik.slice(-3) && isKeyed(`0${bik.slice(4, 6)}`, account)
