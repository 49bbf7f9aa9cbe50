import { acr } from '@kontora/access'
import { describe } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'

const KeySet = v.object({ keys: v.array(v.looseObject({ kid: v.string(), kty: v.string() })) })

const Metadata = v.object({
  issuer: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  end_session_endpoint: v.string(),
  revocation_endpoint: v.string(),
  introspection_endpoint: v.string(),
  jwks_uri: v.string(),
  grant_types_supported: v.array(v.string()),
  response_types_supported: v.array(v.string()),
  acr_values_supported: v.array(v.string()),
  response_modes_supported: v.array(v.string()),
  code_challenge_methods_supported: v.array(v.string()),
  authorization_response_iss_parameter_supported: v.boolean(),
  prompt_values_supported: v.array(v.string()),
  ui_locales_supported: v.array(v.string()),
  token_endpoint_auth_methods_supported: v.array(v.string()),
  token_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
  revocation_endpoint_auth_methods_supported: v.array(v.string()),
  introspection_endpoint_auth_methods_supported: v.array(v.string()),
  introspection_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
})

export const wellKnown = new Hono<{ Bindings: Resources }>()
  .get('/jwks.json', describe('Public keys of the access tokens (RFC 7517)', { 200: KeySet }), async (c) => {
    c.header('cache-control', 'public, max-age=300')
    return c.json({ keys: await c.env.keyring.publicKeys() })
  })
  .get('/oauth-authorization-server', describe('What this issuer can (RFC 8414)', { 200: Metadata }), (c) => {
    c.header('cache-control', 'public, max-age=300')
    return c.json(metadataOf(c.env.issuer))
  })

const metadataOf = (issuer: string): v.InferOutput<typeof Metadata> => ({
  issuer,
  authorization_endpoint: `${issuer}/v1/authorize`,
  token_endpoint: `${issuer}/v1/token`,
  end_session_endpoint: `${issuer}/v1/sign-out`,
  revocation_endpoint: `${issuer}/v1/revoke`,
  introspection_endpoint: `${issuer}/v1/introspect`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  prompt_values_supported: ['none', 'login'],
  ui_locales_supported: ['ru', 'en'],
  acr_values_supported: Object.values(acr),
  token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['EdDSA'],
  revocation_endpoint_auth_methods_supported: ['none'],
  introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
  introspection_endpoint_auth_signing_alg_values_supported: ['EdDSA'],
})
