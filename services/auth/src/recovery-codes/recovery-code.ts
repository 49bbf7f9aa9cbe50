import type { Chance } from '@kontora/service'
import * as v from 'valibot'

export const codesPerPerson = 10

/** Crockford's base32: nothing in it is taken for something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 80 bits, as four groups of four. */
export const makeRecoveryCode = (random: Chance['random']): string => {
  const letters = Array.from(random(16), (byte) => alphabet[byte % 32]).join('')
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-')
}

const plain = (text: string): string =>
  text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')

/** However it was copied from the paper; what comes out is written as it was shown. */
export const RecoveryCode = v.pipe(
  v.string(),
  v.maxLength(100),
  v.transform(plain),
  v.regex(/^[0-9A-HJKMNP-TV-Z]{16}$/, '16 letters and digits'),
  v.transform((text) => text.replaceAll(/(.{4})(?=.)/g, '$1-')),
)
