import type { AuthorizationServer } from 'oauth4webapi'
import * as v from 'valibot'
import { ProviderFault } from '../identities/provider-fault.ts'
import type { OpenidSettings } from './settings.ts'

/** The only signatures that are believed: what `none` or the client's secret has signed proves nothing. */
export const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** What a provider says of itself, and the keys that it signs with. */
export type Metadata = AuthorizationServer & { authorization_endpoint: string; jwks_uri: string }
export type KnownProvider = { metadata: Metadata; keys: { keys: object[] } }

/** An empty one is no answer: what is known stays in use. */
export const KeySet = v.object({
  keys: v.pipe(v.array(v.looseObject({ kty: v.string() })), v.minLength(1), v.maxLength(100)),
})

const endpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const

/**
 * To the letter the issuer that is configured, or any provider could speak for another (OpenID Connect Discovery 4.3); and no
 * address by which a secret would travel in the clear.
 */
export const trustedMetadata = (
  given: AuthorizationServer,
  { issuer, isPlainAllowed }: Pick<OpenidSettings, 'issuer' | 'isPlainAllowed'>,
): Metadata => {
  if (given.issuer !== issuer) throw new ProviderFault('untrusted', 'its metadata names another issuer')
  const urls = [...endpoints.map((name) => given[name]), ...[given.userinfo_endpoint ?? []].flat()]
  const isSafe = (url: string | undefined) =>
    url !== undefined && URL.canParse(url) && (isPlainAllowed ? /^https?:/ : /^https:/).test(url)
  if (!urls.every(isSafe)) throw new ProviderFault('untrusted', 'its metadata lacks an https address')
  const offered = given.id_token_signing_alg_values_supported ?? ['RS256']
  const believed = offered.filter((alg) => algorithms.includes(alg))
  if (believed.length === 0) throw new ProviderFault('untrusted', 'it signs by no algorithm that is believed')
  return { ...given, id_token_signing_alg_values_supported: believed } as Metadata
}
