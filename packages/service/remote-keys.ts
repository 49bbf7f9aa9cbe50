import { type CryptoKey, errors, importJWK, type JWTVerifyGetKey } from 'jose'
import * as v from 'valibot'
import { sharedQuestion } from './shared-question.ts'
import { isSmallOrder } from './small-order.ts'

const PublicKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  kid: v.pipe(v.string(), v.minLength(1)),
  x: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)),
  use: v.optional(v.literal('sig')),
  alg: v.optional(v.picklist(['EdDSA', 'Ed25519'])),
})
type PublicKey = v.InferOutput<typeof PublicKey>
const KeySet = v.object({ keys: v.pipe(v.array(v.unknown()), v.maxLength(100)) })

type Keys = Map<string, CryptoKey>
type Ask = (url: string, init: RequestInit) => Promise<Response>
type Options = { url: string; now: () => Date; ask?: Ask }

/** With the 5 minutes that a cache may keep the set, less than the 10 for which a key is published before it signs. */
const freshMs = 4 * 60_000
const coolDownMs = 10_000
/** Without any key a process can do nothing, and what it asks for is no stranger's choice. */
const emptyCoolDownMs = 1000
const patienceMs = 3000
/** A withdrawn key ends so too. It costs nobody anything: no token from before the silence lives longer than 6 minutes. */
const believedMs = 60 * 60_000

/**
 * The keys of `auth`. A known one is given at once, whether or not `auth` answers, until nobody has confirmed it for an hour;
 * the set is asked again beside it. An unknown `kid` asks too, but all of them together no more than once in 10 s.
 */
export const remoteKeys = ({ url, now, ask: askOver = fetch }: Options): JWTVerifyGetKey => {
  let keys: Keys | undefined
  let asked = Number.NEGATIVE_INFINITY
  let heard = Number.NEGATIVE_INFINITY

  const passed = (since: number, ms: number): boolean => Math.abs(now().getTime() - since) >= ms

  const question = sharedQuestion(async () => {
    const begun = now().getTime()
    asked = begun
    keys = await fetchKeys(url, askOver)
    heard = begun
  }, patienceMs)

  /** Whatever comes of it, the answer to the question that is under way, or to a new one when it is time. */
  const askInTime = async (): Promise<void> => {
    const due = passed(asked, keys ? coolDownMs : emptyCoolDownMs)
    await (question.underWay() ?? (due ? question.ask() : undefined))
    if (heard !== asked) throw new Error('The keys were not heard')
  }

  return async ({ kid = '' }) => {
    const known = keys?.get(kid)
    if (known && !passed(heard, believedMs)) {
      if (passed(heard, freshMs) && passed(asked, coolDownMs)) question.ask().catch(() => {})
      return known
    }
    await askInTime()
    const found = keys?.get(kid)
    if (!found) throw new errors.JWKSNoMatchingKey()
    return found
  }
}

const fetchKeys = async (url: string, ask: Ask): Promise<Keys> => {
  const answer = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
  if (!answer.ok) throw new Error('The keys cannot be had')
  const { keys } = v.parse(KeySet, await answer.json())
  const usable = keys.filter((key): key is PublicKey => v.is(PublicKey, key) && !isSmallOrder(key.x))
  if (usable.length === 0) throw new Error('No key is usable')
  return new Map(await Promise.all(usable.map(imported)))
}

const imported = async ({ kid, x }: PublicKey): Promise<[string, CryptoKey]> => [
  kid,
  (await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA')) as CryptoKey,
]
