import { base64url, createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import * as v from 'valibot'
import { Subject } from '../identities/provider.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import { isSame } from '../secrets/pepper.ts'
import { algorithms, type KnownProvider } from './metadata.ts'

const Claims = v.object({
  sub: Subject,
  aud: v.union([v.string(), v.array(v.string())]),
  azp: v.optional(v.string()),
  exp: v.number(),
  iat: v.number(),
  nonce: v.string(),
  at_hash: v.optional(v.string()),
})
type Claims = v.InferOutput<typeof Claims>

type Expected = { clientId: string; nonce: string; accessToken: string; now: Date }

const skewSeconds = 60
const oldestSeconds = 600

/** Whom the token names, once everything in OpenID Connect Core 3.1.3.7 holds. Undefined for a key that is not among the known. */
export const readIdToken = async (
  idToken: string,
  { metadata, keys }: KnownProvider,
  expected: Expected,
): Promise<string | undefined> => {
  const believed = metadata.id_token_signing_alg_values_supported ?? []
  const opened = await jwtVerify(idToken, createLocalJWKSet(keys as JSONWebKeySet), {
    algorithms: believed.filter((alg) => algorithms.includes(alg)),
    issuer: metadata.issuer,
    audience: expected.clientId,
    currentDate: expected.now,
    clockTolerance: skewSeconds,
  }).catch((error: unknown) => {
    if (error instanceof errors.JWKSNoMatchingKey) return undefined
    throw new ProviderFault('untrusted', `the id_token is not to be believed: ${codeOf(error)}`)
  })
  if (!opened) return undefined
  const claims = v.safeParse(Claims, opened.payload)
  if (!claims.success) throw new ProviderFault('untrusted', 'the id_token lacks a claim')
  const fault = await faultOf(claims.output, opened.protectedHeader.alg, expected)
  if (fault) throw new ProviderFault('untrusted', `the id_token has a wrong ${fault}`)
  return claims.output.sub
}

/** A word of jose's own: its messages may hold what came in. */
const codeOf = (error: unknown): string => (error instanceof errors.JOSEError ? error.code : 'broken')

const faultOf = async (
  { aud, azp, iat, nonce, at_hash }: Claims,
  alg: string,
  { clientId, nonce: expectedNonce, accessToken, now }: Expected,
): Promise<string | undefined> => {
  if (!isSame(nonce, expectedNonce)) return 'nonce'
  // Who asked for it: must be told as soon as it is for several, and is us whenever it is told.
  if (azp === undefined ? [aud].flat().length !== 1 : azp !== clientId) return 'azp'
  const seconds = now.getTime() / 1000
  if (iat > seconds + skewSeconds || iat < seconds - oldestSeconds) return 'iat'
  if (at_hash !== undefined && !isSame(at_hash, await halfHash(accessToken, alg))) return 'at_hash'
  return undefined
}

/** By the algorithm's own hash; Ed25519 has SHA-512. */
const halfHash = async (accessToken: string, alg: string): Promise<string> => {
  const hash = alg.startsWith('Ed') ? 'SHA-512' : `SHA-${alg.slice(-3)}`
  const digest = new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(accessToken)))
  return base64url.encode(digest.slice(0, digest.length / 2))
}
