export type Registration = { clientId: string; clientSecret: string; redirectUri: string; scopes: string[] }

export type AuthorizationRequest = {
  redirectUri: string
  scope: string
  state: string
  nonce: string
  challenge: string | null
}

export type Checked =
  | { request: AuthorizationRequest }
  /** Nobody to send the browser back to, so it is told to the person. */
  | { page: string }
  | { redirect: string }

export const checkRequest = (parameters: URLSearchParams, registration: Registration): Checked => {
  const redirectUri = parameters.get('redirect_uri') ?? ''
  if (parameters.get('client_id') !== registration.clientId) return { page: 'unauthorized_client' }
  if (!registration.redirectUri || redirectUri !== registration.redirectUri)
    return { page: 'invalid_request: redirect_uri' }
  const error = errorOf(parameters, registration.scopes)
  const state = parameters.get('state') ?? ''
  if (error) return { redirect: errorRedirect(redirectUri, state, error) }
  return {
    request: {
      redirectUri,
      state,
      scope: parameters.get('scope') ?? '',
      nonce: parameters.get('nonce') ?? '',
      challenge: parameters.get('code_challenge'),
    },
  }
}

export const errorRedirect = (redirectUri: string, state: string, error: string): string =>
  `${redirectUri}?${new URLSearchParams({ error, ...(state && state.length <= 96 && { state }) })}`

const errorOf = (parameters: URLSearchParams, granted: string[]): string | undefined => {
  const names = [...parameters.keys()]
  if (new Set(names).size < names.length) return 'invalid_request'
  const type = parameters.get('response_type')
  if (type === null) return 'invalid_request'
  if (type !== 'code') return 'unsupported_response_type'
  const scopes = (parameters.get('scope') ?? '').split(' ')
  if (scopes[0] !== 'openid' || !scopes.every((scope) => granted.includes(scope))) return 'invalid_scope'
  if (!isWithin(parameters.get('state'), 96) || !isWithin(parameters.get('nonce'), 64))
    return 'invalid_request'
  return isPkceRight(parameters) ? undefined : 'invalid_request'
}

const isWithin = (value: string | null, most: number): boolean =>
  value !== null && value.length > 0 && value.length <= most

/** Sber does not demand PKCE; once begun it must be S256. */
const isPkceRight = (parameters: URLSearchParams): boolean => {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === null) return method === null
  return method === 'S256' && /^[\w-]{43}$/.test(challenge)
}
