import type { Context } from 'hono'
import type { Resources } from '../resources.ts'
import type { Session } from '../sessions/session.ts'
import {
  type AuthorizationError,
  type AuthorizationRequest,
  answerAddress,
  errorAddress,
  queryAfterSignIn,
} from './authorization-request.ts'
import { giveCode } from './give-code.ts'
import { needOf } from './needs.ts'
import { ownClient } from './own-page.ts'

type Env = { Bindings: Resources }

/** No cache keeps where it goes, and the application is not told by which page. */
export const sendBack = <E extends Env>(c: Context<E>, address: string): Response => {
  c.header('cache-control', 'no-store')
  c.header('referrer-policy', 'no-referrer')
  return c.redirect(address, 303)
}

export const refuse = <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  error: AuthorizationError,
  about: string,
): Response => sendBack(c, errorAddress(c.env.issuer, { error, about, back: request }))

/** Our own page goes on in the language that was chosen on the way. */
const withLanguage = ({ redirectUri, query }: AuthorizationRequest): string => {
  const chosen = new URLSearchParams(query).get('ui_locales')
  return chosen === null ? redirectUri : `${redirectUri}?${new URLSearchParams({ ui_locales: chosen })}`
}

/** Signed in or proven just now: that is what `prompt` and `max_age` wanted. A surer proof is asked for by the next page. */
export const answerSignedIn = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  session: Pick<Session, 'id' | 'signedInAt' | 'provenAt'>,
): Promise<Response> => {
  const wish = { ...request, prompt: undefined, maxAgeSeconds: undefined }
  if (needOf(wish, session, c.env.now()) === 'step-up')
    return sendBack(c, `${c.env.issuer}/v1/authorize?${queryAfterSignIn(request)}`)
  if (request.clientId === ownClient) return sendBack(c, withLanguage(request))
  const code = await giveCode(c.env, session.id, request)
  return sendBack(c, answerAddress(c.env.issuer, request, { code }))
}
