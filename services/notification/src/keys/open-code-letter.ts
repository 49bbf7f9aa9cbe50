import { Email, Locale } from '@kontora/validation'
import { compactDecrypt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { keyPurpose } from './letter-key.ts'

const CodeLetter = v.object({
  email: Email,
  code: v.pipe(v.string(), v.regex(/^[0-9A-Z]{4,12}$/, 'digits')),
  locale: v.fallback(Locale, 'ru'),
  purpose: v.fallback(v.picklist(['sign-in', 'second-proof']), 'sign-in'),
})
export type CodeLetter = v.InferOutput<typeof CodeLetter>

/** Nothing of the letter: this ends as a parked event's reason. */
export class CannotOpenLetter extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.name = 'CannotOpenLetter'
    this.code = code
  }
}

export const openCodeLetter = async (
  { sql, seal }: Pick<Resources, 'sql' | 'seal'>,
  letter: string,
): Promise<CodeLetter> => {
  const kid = kidOf(letter)
  const [row] = await sql<{ privateKeySealed: string }[]>`
    select private_key_sealed from letter_keys where kid = ${kid}`
  if (!row) throw new CannotOpenLetter('unknown-key')
  const jwk = JSON.parse(await seal.open(keyPurpose(kid), row.privateKeySealed)) as JWK
  const plaintext = await decrypt(letter, jwk)
  const content = v.safeParse(CodeLetter, readJson(plaintext))
  if (!content.success) throw new CannotOpenLetter('wrong-content')
  return content.output
}

const kidOf = (letter: string): string => {
  try {
    return decodeProtectedHeader(letter).kid ?? ''
  } catch {
    throw new CannotOpenLetter('not-encrypted')
  }
}

const decrypt = async (letter: string, jwk: JWK): Promise<Uint8Array> => {
  const key = await importJWK(jwk, 'ECDH-ES')
  try {
    const { plaintext } = await compactDecrypt(letter, key, {
      keyManagementAlgorithms: ['ECDH-ES', 'ECDH-ES+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM', 'A128GCM'],
    })
    return plaintext
  } catch {
    throw new CannotOpenLetter('wrong-key')
  }
}

const readJson = (plaintext: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(plaintext))
  } catch {
    return undefined
  }
}
