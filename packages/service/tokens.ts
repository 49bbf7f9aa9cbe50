import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as v from 'valibot'
import { type CanonicalToken, readCanonicalToken } from './canonical-token.ts'
import { Problem } from './problem.ts'

const Text = v.pipe(v.string(), v.minLength(1))
const Seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** What our access tokens say (RFC 9068). Times are seconds since 1970. Machines have no session, so no `sid`. */
export const Claims = v.object({
  iss: Text,
  aud: Text,
  sub: Text,
  sid: v.optional(Text),
  jti: v.optional(Text),
  client_id: Text,
  iat: Seconds,
  exp: Seconds,
  auth_time: v.optional(Seconds),
  acr: v.optional(Text),
  amr: v.optional(v.array(Text)),
})
export type Claims = v.InferOutput<typeof Claims>

export type TokenVerifier = (token: string) => Promise<Claims>

type Options = { issuer: string; audience: string[]; key: JWTVerifyGetKey; now: () => Date }

const algorithms = ['EdDSA', 'Ed25519']
/** By how much the clock of `auth` may be ahead of ours. A token ends at its end: our own clock says when. */
const skewSeconds = 10
/** A revoked session is remembered for 6 minutes, so no token may live longer. */
const longestSeconds = 360

/** `jku`, `x5u`, `jwk` and the like are never looked at: where the keys are is no matter of the token. */
const Header = v.object({
  alg: v.picklist(algorithms),
  typ: v.literal('at+jwt'),
  kid: v.pipe(Text, v.maxLength(200)),
  crit: v.optional(v.never()),
  b64: v.optional(v.never()),
})

const refused = () => new Problem('not-signed-in', 'The token is not valid')

/** Only the asking for a key can fail without fault of the token; all else that goes wrong with one is the token's. */
const askedFor =
  (key: JWTVerifyGetKey): JWTVerifyGetKey =>
  async (header, token) => {
    try {
      return await key(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw refused()
      throw new Problem('unavailable', 'The keys of the token cannot be asked', { retryAfterSeconds: 1 })
    }
  }

/** Before any signature: what costs little to refuse is refused first. */
const checkText = (
  { header, payload }: CanonicalToken,
  { issuer, audience, now }: Options,
): Claims | undefined => {
  if (!v.is(Header, header) || !v.is(Claims, payload)) return undefined
  const { iss, aud, iat, exp } = payload
  const time = now().getTime() / 1000
  const isTimely = exp > time && iat <= time + skewSeconds && iat < exp && exp - iat <= longestSeconds
  return isTimely && iss === issuer && audience.includes(aud) ? payload : undefined
}

/**
 * Pins encoding, algorithm, type, issuer and audience. A known token, to the letter, is not verified again for up to 60 s; its
 * revocation is asked elsewhere, each time.
 */
export const createTokenVerifier = (options: Options): TokenVerifier => {
  const { issuer, audience, now } = options
  const keys = askedFor(options.key)
  const known = new Map<string, { claims: Claims; until: number }>()

  const check = async (token: string): Promise<Claims> => {
    const text = readCanonicalToken(token)
    if (!text || !checkText(text, options)) throw refused()
    const { payload } = await jwtVerify(token, keys, {
      ...{ algorithms, typ: 'at+jwt', issuer, audience },
      currentDate: now(),
      requiredClaims: ['sub', 'exp', 'iat', 'client_id'],
    })
    return v.parse(Claims, payload)
  }

  return async (token) => {
    const time = now().getTime()
    const cached = known.get(token)
    if (cached && cached.until > time) return cached.claims
    const claims = await check(token).catch((error: unknown) => {
      throw error instanceof Problem ? error : refused()
    })
    if (known.size >= 10_000) known.clear()
    known.set(token, { claims, until: Math.min(claims.exp * 1000, time + 60_000) })
    return claims
  }
}
