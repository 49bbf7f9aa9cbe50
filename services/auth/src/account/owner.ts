import { acr, proofSeconds, refuseStale, type User } from '@kontora/access'
import { languageOf } from '@kontora/service/pages'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { base64url } from 'jose'
import { sendBack } from '../authorize/answer.ts'
import { browserSession } from '../authorize/browser-session.ts'
import { ownClient, ownPageAddress } from '../authorize/own-page.ts'
import type { Resources } from '../resources.ts'
import type { Session } from '../sessions/session.ts'
import { standingOf } from '../sessions/session.ts'

export type OwnEnv = { Bindings: Resources; Variables: { session: Session } }

export const provenUntil = ({ provenAt }: Session): Date | undefined =>
  provenAt === null ? undefined : new Date(provenAt.getTime() + proofSeconds * 1000)

export const isProven = (session: Session, now: Date): boolean => (provenUntil(session) ?? new Date(0)) >= now

/** What was chosen on the page stays chosen. */
export const languageQuery = (c: Context): { ui_locales?: string } => {
  const chosen = c.req.query('ui_locales')
  return chosen === undefined ? {} : { ui_locales: languageOf(chosen, undefined) }
}

/** By our own sign-in page, and back here. Nobody holds what the challenge was made of, and no code is given for it. */
export const authorizeAddress = <E extends { Bindings: Resources }>(
  c: Context<E>,
  more: Record<string, string> = {},
): string => {
  const wanted = new URLSearchParams({
    ...{ response_type: 'code', client_id: ownClient, redirect_uri: ownPageAddress(c.env) },
    ...{ code_challenge: base64url.encode(c.env.random(32)), code_challenge_method: 'S256' },
    ...languageQuery(c),
    ...more,
  })
  return `${c.env.issuer}/v1/authorize?${wanted}`
}

export const proofWish = { acr_values: acr.secondProof, max_age: String(proofSeconds) }

/** The person of this browser; whoever is not signed in does that first. */
export const owner = () =>
  createMiddleware<OwnEnv>(async (c, next) => {
    const session = await browserSession(c)
    if (!session) return sendBack(c, authorizeAddress(c))
    c.set('session', session)
    await next()
  })

/** Behind `owner()`, on the line of what opens an account: as `signedIn({ secondProof: true })` of the API. */
export const proven = () =>
  createMiddleware<OwnEnv>(async (c, next) => {
    await refuseStale(c.env.access)
    if (!isProven(c.var.session, c.env.now())) return sendBack(c, authorizeAddress(c, proofWish))
    await next()
  })

export const userOf = (session: Session): User => ({
  id: session.userId,
  machine: false,
  sessionId: session.id,
  clientId: session.clientId,
  authTime: standingOf(session).authTime,
})
