import * as v from 'valibot'

/** `notification`'s keys could not be had. Holds no value of the answer. */
export class LetterKeysFault extends Error {
  constructor(reason: string) {
    super(`The keys for letters cannot be had: ${reason}`)
    this.name = 'LetterKeysFault'
  }
}

const ofEllipticCurve = { kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string() }
const ofMontgomeryCurve = { kty: v.literal('OKP'), crv: v.literal('X25519'), x: v.string() }
const named = { kid: v.string(), use: v.literal('enc') }

/** A public key of the letter's reader. Anything else in the set, a private part too, is left behind. */
export const LetterKey = v.variant('kty', [
  v.object({ ...ofEllipticCurve, ...named }),
  v.object({ ...ofMontgomeryCurve, ...named }),
])
export type LetterKey = v.InferOutput<typeof LetterKey>

export type LetterKeySource = () => Promise<LetterKey[]>

const Answer = v.object({ keys: v.array(v.unknown()) })

/** The JWKS of `notification`: its current key first, the one to come behind it. */
export const createLetterKeySource =
  (url: string, ask: typeof fetch): LetterKeySource =>
  async () => {
    const response = await ask(url, { signal: AbortSignal.timeout(1000), redirect: 'manual' }).catch(() => {
      throw new LetterKeysFault('no answer')
    })
    if (!response.ok) throw new LetterKeysFault(`status ${response.status}`)
    const answer = v.safeParse(Answer, await response.json().catch(() => undefined))
    const keys = (answer.success ? answer.output.keys : []).flatMap((key) => {
      const known = v.safeParse(LetterKey, key)
      return known.success ? [known.output] : []
    })
    if (keys.length === 0) throw new LetterKeysFault('no key for encryption in the answer')
    return keys
  }
