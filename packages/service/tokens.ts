import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as v from 'valibot'
import { Problem } from './problem.ts'

/** What our access tokens say (RFC 9068). Times are seconds since 1970. Machines have no session, so no `sid`. */
export const Claims = v.object({
  sub: v.string(),
  sid: v.optional(v.string()),
  client_id: v.string(),
  iat: v.number(),
  exp: v.number(),
  auth_time: v.optional(v.number()),
  acr: v.optional(v.string()),
  amr: v.optional(v.array(v.string())),
})
export type Claims = v.InferOutput<typeof Claims>

export type TokenVerifier = (token: string) => Promise<Claims>

type Options = { issuer: string; audience: string[]; key: JWTVerifyGetKey; now: () => Date }

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

/** Pins the algorithm, type, issuer and audience. A known token is not verified again for up to 60 s; its revocation is asked elsewhere, each time. */
export const createTokenVerifier = ({ issuer, audience, key, now }: Options): TokenVerifier => {
  const keys = askedFor(key)
  const known = new Map<string, { claims: Claims; until: number }>()

  const check = async (token: string): Promise<Claims> => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA', 'Ed25519'],
      typ: 'at+jwt',
      issuer,
      audience,
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

/** The keys of `auth`; an unknown `kid` asks again at most once in 10 s. */
export const remoteKeys = (url: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(url), { cooldownDuration: 10_000, cacheMaxAge: 600_000, timeoutDuration: 3000 })
