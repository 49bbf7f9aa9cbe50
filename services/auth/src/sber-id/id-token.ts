import { decodeJwt, decodeProtectedHeader, importSPKI, type JWTPayload, jwtVerify, UnsecuredJWT } from 'jose'
import * as v from 'valibot'
import { Subject } from '../identities/provider.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import { isSame } from '../secrets/pepper.ts'

export type IdTokenRules = {
  clientId: string
  issuer: string
  tokenAlg: 'none' | 'RS256' | 'tls'
  /** PEM, for RS256: Сбер hands it over by hand. */
  tokenKey: string | undefined
}

const Audience = v.union([v.string(), v.array(v.string())])

const Claims = v.object({
  iss: v.string(),
  sub: Subject,
  sub_alt: v.nullish(v.pipe(v.array(Subject), v.maxLength(50)), []),
  aud: Audience,
  azp: v.optional(v.string()),
  exp: v.number(),
  iat: v.number(),
  nonce: v.string(),
})
type Claims = v.InferOutput<typeof Claims>

const skewSeconds = 60
const oldestSeconds = 600

/**
 * Which persons' ids the token names: `sub` first, then the alternates. Without a signature it is trusted only because it came
 * over our own TLS call to the token endpoint (OIDC Core 3.1.3.7), so it is never taken from anywhere else.
 */
export const readIdToken = async (
  idToken: string,
  rules: IdTokenRules,
  nonce: string,
  now: Date,
): Promise<string[]> => {
  const payload = await openToken(idToken, rules, now).catch(() => {
    throw new ProviderFault('untrusted', 'the id_token is not of the kind that is expected')
  })
  const claims = v.safeParse(Claims, payload)
  if (!claims.success) throw new ProviderFault('untrusted', 'the id_token lacks a claim')
  const fault = faultOf(claims.output, rules, nonce, now.getTime() / 1000)
  if (fault) throw new ProviderFault('untrusted', `the id_token has a wrong ${fault}`)
  return [...new Set([claims.output.sub, ...claims.output.sub_alt])]
}

const openToken = async (
  token: string,
  { tokenAlg, tokenKey }: IdTokenRules,
  now: Date,
): Promise<JWTPayload> => {
  const times = { currentDate: now, clockTolerance: skewSeconds }
  if (tokenAlg === 'RS256') {
    const key = await importSPKI(tokenKey ?? '', 'RS256')
    return (await jwtVerify(token, key, { algorithms: ['RS256'], ...times })).payload
  }
  if (tokenAlg === 'tls') return openUnchecked(token)
  // Two segments are borne by Сбер's own SDK too.
  return UnsecuredJWT.decode(token.split('.').length === 2 ? `${token}.` : token, times).payload
}

/** GOST alone: jose has no such algorithm, and what it has is never taken unchecked. */
const openUnchecked = (token: string): JWTPayload => {
  const { alg } = decodeProtectedHeader(token)
  if (!alg?.toLowerCase().startsWith('gost') || token.split('.').length !== 3)
    throw new Error('Not a token whose signature cannot be checked here')
  return decodeJwt(token)
}

const faultOf = (claims: Claims, rules: IdTokenRules, nonce: string, seconds: number): string | undefined => {
  if (!isSame(claims.nonce, nonce)) return 'nonce'
  if (claims.iss !== rules.issuer) return 'iss'
  if (!isForUs(claims.aud, rules.clientId)) return 'aud'
  if (!isAuthorizedParty(claims, rules.clientId)) return 'azp'
  if (claims.exp <= seconds - skewSeconds) return 'exp'
  const isTimely = claims.iat <= seconds + skewSeconds && claims.iat >= seconds - oldestSeconds
  return isTimely ? undefined : 'iat'
}

/** Who asked for the token: must be told as soon as it is for several, and is us whenever it is told. */
const isAuthorizedParty = ({ aud, azp }: Claims, clientId: string): boolean =>
  azp === undefined ? [aud].flat().length === 1 : isForUs(azp, clientId)

/** Сбер's SDK compares without regard to case, so its answers may differ in it. */
export const isForUs = (audience: v.InferOutput<typeof Audience>, clientId: string): boolean =>
  [audience].flat().some((one) => one.toLowerCase() === clientId.toLowerCase())
