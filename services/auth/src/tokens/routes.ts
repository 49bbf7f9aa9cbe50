import { Claims, describe } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { type Caller, callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { callingClient } from './calling-client.ts'
import { exchangeCode } from './exchange-code.ts'
import { giveMachineToken } from './give-machine-token.ts'
import { accessSeconds, type SignedIn } from './give-tokens.ts'
import { introspectToken } from './introspect-token.ts'
import { oauthForm } from './oauth-form.ts'
import { OAuthRefusal, orOAuthError } from './oauth-refusal.ts'
import { proveClient } from './prove-client.ts'
import { refreshSession } from './refresh-session.ts'
import { revokeToken } from './revoke-token.ts'

const Parameter = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))

const AssertionType = v.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
const proofFields = {
  client_id: v.optional(Parameter),
  client_assertion_type: AssertionType,
  client_assertion: Parameter,
}
/** Of whoever may be an application in a browser. */
const callerFields = {
  client_id: v.optional(Parameter),
  client_assertion_type: v.optional(AssertionType),
  client_assertion: v.optional(Parameter),
}
const Verifier = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~-]{43,128}$/))

const TokenForm = v.variant('grant_type', [
  v.object({
    grant_type: v.literal('authorization_code'),
    code: Parameter,
    redirect_uri: Parameter,
    code_verifier: Verifier,
    ...callerFields,
  }),
  v.object({ grant_type: v.literal('refresh_token'), refresh_token: Parameter, ...callerFields }),
  v.object({ grant_type: v.literal('client_credentials'), ...proofFields, audience: Parameter }),
])
/** However long: what cannot be a token is unknown, not wrong. */
const tokenFields = { token: v.pipe(v.string(), v.minLength(1)), token_type_hint: v.optional(v.string()) }
const RevokeForm = v.object(tokenFields)
const IntrospectForm = v.object({ ...proofFields, ...tokenFields })

type PersonForm = Exclude<v.InferOutput<typeof TokenForm>, { grant_type: 'client_credentials' }>

const tokensOfPerson = async (resources: Resources, caller: Caller, form: PersonForm): Promise<SignedIn> => {
  const clientId = await callingClient(resources, form)
  if (form.grant_type === 'refresh_token')
    return refreshSession(resources, { ...caller, clientId }, form.refresh_token)
  if (clientId === undefined) throw new OAuthRefusal('invalid_request', 'client_id: required')
  const { code, redirect_uri: redirectUri, code_verifier: verifier } = form
  return exchangeCode(resources, caller, { clientId, code, redirectUri, verifier })
}

const TokenAnswer = v.object({
  access_token: v.string(),
  token_type: v.literal('Bearer'),
  expires_in: v.number(),
  refresh_token: v.optional(v.string()),
})
const IntrospectionAnswer = v.object({
  active: v.boolean(),
  token_type: v.optional(v.literal('Bearer')),
  ...v.partial(Claims).entries,
})
const OAuthError = v.object({ error: v.string(), error_description: v.string() })

const bearer = { token_type: 'Bearer', expires_in: accessSeconds } as const

export const tokens = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Tokens for an authorization code, a refresh token, or a machine (RFC 6749, 7636, 7523)', {
    200: TokenAnswer,
    400: OAuthError,
    401: OAuthError,
  }),
  oauthForm(TokenForm),
  (c) =>
    orOAuthError(async () => {
      c.header('cache-control', 'no-store')
      const { form } = c.var
      if (form.grant_type === 'client_credentials')
        return c.json({ access_token: await giveMachineToken(c.env, form), ...bearer })
      const { accessToken, refreshToken } = await tokensOfPerson(c.env, await callerOf(c), form)
      return c.json({ access_token: accessToken, ...bearer, refresh_token: refreshToken })
    }),
)

export const revocations = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Sign out by a refresh or an access token: its session and all tokens of it end (RFC 7009)', {
    200: null,
    400: OAuthError,
  }),
  oauthForm(RevokeForm),
  async (c) => {
    c.header('cache-control', 'no-store')
    await revokeToken(c.env, c.var.form.token)
    return c.body(null, 200)
  },
)

export const introspections = new Hono<{ Bindings: Resources }>().post(
  '/',
  describe('Whether an access token is live, asked by a service of ours (RFC 7662)', {
    200: IntrospectionAnswer,
    400: OAuthError,
    401: OAuthError,
  }),
  oauthForm(IntrospectForm),
  (c) =>
    orOAuthError(async () => {
      c.header('cache-control', 'no-store')
      const { form } = c.var
      const caller = await proveClient(c.env, form)
      return c.json(await introspectToken(c.env, caller, form.token))
    }),
)
