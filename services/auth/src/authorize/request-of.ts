import { Problem } from '@kontora/service'
import type { Context } from 'hono'
import type { Resources } from '../resources.ts'
import { type AuthorizationRequest, readAuthorization } from './authorization-request.ts'

/** A form's address carries the application's request, which is checked anew at every step. */
export const requestOf = <E extends { Bindings: Resources }>(c: Context<E>): AuthorizationRequest => {
  const read = readAuthorization(new URL(c.req.url).search, c.env.browserClients)
  if ('error' in read) throw new Problem('invalid-input', 'The request of the application is wrong')
  return read
}
