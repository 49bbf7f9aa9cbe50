import { Claims, describe } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import { callerOf } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { giveMachineToken } from './give-machine-token.ts'
import { accessSeconds } from './give-tokens.ts'
import { introspectToken } from './introspect-token.ts'
import { oauthForm } from './oauth-form.ts'
import { orOAuthError } from './oauth-refusal.ts'
import { proveClient } from './prove-client.ts'
import { refreshSession } from './refresh-session.ts'
import { revokeToken } from './revoke-token.ts'

const Parameter = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))

const proofFields = {
  client_id: v.optional(Parameter),
  client_assertion_type: v.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: Parameter,
}

const TokenForm = v.variant('grant_type', [
  v.object({ grant_type: v.literal('refresh_token'), refresh_token: Parameter }),
  v.object({ grant_type: v.literal('client_credentials'), ...proofFields, audience: Parameter }),
])
/** However long: what cannot be a token is unknown, not wrong. */
const tokenFields = { token: v.pipe(v.string(), v.minLength(1)), token_type_hint: v.optional(v.string()) }
const RevokeForm = v.object(tokenFields)
const IntrospectForm = v.object({ ...proofFields, ...tokenFields })

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
  describe('Refresh a session, or a token for a machine (RFC 6749, 7523)', {
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
      const { accessToken, refreshToken } = await refreshSession(c.env, await callerOf(c), form.refresh_token)
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
