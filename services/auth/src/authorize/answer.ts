import type { Context } from 'hono'
import type { Resources } from '../resources.ts'
import type { Session } from '../sessions/session.ts'
import {
  type AuthorizationError,
  type AuthorizationRequest,
  answerAddress,
  errorAddress,
} from './authorization-request.ts'
import { giveCode } from './give-code.ts'
import { needOf } from './needs.ts'

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

/** Signed in just now: a fresh sign-in is whatever `prompt` and `max_age` wanted. */
export const answerSignedIn = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  session: Pick<Session, 'id' | 'signedInAt' | 'provenAt'>,
): Promise<Response> => {
  const wish = { ...request, prompt: undefined, maxAgeSeconds: undefined }
  if (needOf(wish, session, c.env.now()) === 'step-up')
    return refuse(c, request, 'unmet_authentication_requirements', 'acr_values: this sign-in is not as sure')
  const code = await giveCode(c.env, session.id, request)
  return sendBack(c, answerAddress(c.env.issuer, request, { code }))
}
