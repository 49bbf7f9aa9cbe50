import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { BrowserClients } from './browser-clients.ts'

/** What an application asks for, checked (RFC 6749 section 4.1.1, RFC 7636). */
export type AuthorizationRequest = {
  clientId: string
  redirectUri: string
  state: string | undefined
  challenge: string
  prompt: 'none' | 'login' | undefined
  maxAgeSeconds: number | undefined
  /** The most wanted first; any of them will do. */
  acrValues: string[]
  /** As it came: the pages carry it along. */
  query: string
}

export type AuthorizationError =
  | 'invalid_request'
  | 'unsupported_response_type'
  | 'login_required'
  | 'interaction_required'
  | 'unmet_authentication_requirements'

/** Where the browser may be sent back to. */
type Return = Pick<AuthorizationRequest, 'clientId' | 'redirectUri' | 'state'>
export type Refused = { error: AuthorizationError; about: string; back: Return }

const State = v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,1024}$/))
const Wanted = v.object({
  response_type: v.literal('code'),
  response_mode: v.optional(v.literal('query')),
  state: v.optional(State),
  code_challenge: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  code_challenge_method: v.literal('S256'),
  prompt: v.optional(v.picklist(['none', 'login'])),
  max_age: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))),
  acr_values: v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/), v.maxLength(300))),
})

const known = [...Object.keys(Wanted.entries), 'client_id', 'redirect_uri', 'ui_locales']
const longest = 4096

/** Who asks and where the answer goes must be sure before anything is told to that address. */
const returnOf = (parameters: URLSearchParams, clients: BrowserClients): Return => {
  const once = (name: string) => {
    const values = parameters.getAll(name)
    return values.length === 1 ? values[0] : undefined
  }
  const clientId = once('client_id') ?? ''
  const redirectUri = once('redirect_uri') ?? ''
  const client = clients.get(clientId)
  if (!client)
    throw new Problem('invalid-input', 'No such application', {
      fields: { client_id: 'a registered application' },
    })
  if (!client.redirectUris.includes(redirectUri))
    throw new Problem('invalid-input', 'The application may not be answered there', {
      fields: { redirect_uri: 'exactly as registered' },
    })
  const state = once('state')
  return { clientId, redirectUri, state: v.is(State, state) ? state : undefined }
}

/** Unknown parameters are ignored, known ones stand once (RFC 6749 section 3.1). */
export const readAuthorization = (
  search: string,
  clients: BrowserClients,
): AuthorizationRequest | Refused => {
  const parameters = new URLSearchParams(search)
  const back = returnOf(parameters, clients)
  const twice = known.find((name) => parameters.getAll(name).length > 1)
  if (twice || search.length > longest)
    return { error: 'invalid_request', about: `${twice ?? 'all'}: too much`, back }
  const given = [...parameters].filter(([, value]) => value !== '')
  const result = v.safeParse(Wanted, Object.fromEntries(given))
  if (!result.success) return { ...refusalOf(result.issues[0]), back }
  const { code_challenge, prompt, max_age, acr_values } = result.output
  return {
    ...back,
    challenge: code_challenge,
    prompt,
    maxAgeSeconds: max_age,
    acrValues: acr_values?.split(' ') ?? [],
    query: parameters.toString(),
  }
}

/** What is left to do for the same application once somebody has signed in. */
export const queryAfterSignIn = ({ query }: Pick<AuthorizationRequest, 'query'>): string => {
  const left = new URLSearchParams(query)
  left.delete('prompt')
  return left.toString()
}

const refusalOf = (issue: v.BaseIssue<unknown>): Omit<Refused, 'back'> => {
  const name = v.getDotPath(issue) ?? 'request'
  if (name === 'response_type' && issue.received !== 'undefined')
    return { error: 'unsupported_response_type', about: 'response_type: code' }
  return {
    error: 'invalid_request',
    about: `${name}: ${issue.received === 'undefined' ? 'required' : 'wrong'}`,
  }
}

/** RFC 9207: who answers is told in each answer, so that an application with two issuers cannot be confused. */
export const answerAddress = (
  issuer: string,
  { redirectUri, state }: Return,
  answer: { code: string } | { error: AuthorizationError; error_description: string },
): string => {
  const url = new URL(redirectUri)
  const parameters = { ...answer, ...(state !== undefined && { state }), iss: issuer }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

export const errorAddress = (issuer: string, { error, about, back }: Refused): string =>
  answerAddress(issuer, back, { error, error_description: about })
