import { giveCookie, readCookie, takeCookie } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { Resources } from '../resources.ts'

type Env = { Bindings: Resources }

/** A code that was asked for here. Dates are milliseconds. */
export type AskedCode = {
  email: string
  flowId: string
  flowSecret: string
  expiresAt: number
  resendAt: number
  /** Wrong ones so far, as far as this browser knows. */
  wrong: number
}

/** The same to prove a session a second time; its address is not known here. */
export type AskedProof = Omit<AskedCode, 'email'> & { sessionId: string }

export type Link = { linkId: string; linkSecret: string; until: number; provider: string }

/** How far a sign-in has come in this browser; the application that wants it stands in the page's address instead. */
export type Progress = {
  asked?: AskedCode | undefined
  proof?: AskedProof | undefined
  /** Somebody at a provider whom nobody is here yet: the code that comes next joins him to its owner. */
  link?: Link | undefined
  /** The application's request, while the browser is at a provider. */
  back?: string | undefined
}

const purpose = 'sign-in-progress'
const cookieOf = <E extends Env>({ env }: Context<E>) => ({
  name: 'kontora-sign-in',
  isSecure: env.secureCookies,
})
const maxAgeSeconds = 20 * 60

/** Sealed, for it holds an address and the secret without which the code is no good. */
export const keepProgress = async <E extends Env>(c: Context<E>, progress: Progress): Promise<void> =>
  giveCookie(c, cookieOf(c), await c.env.seal.close(purpose, JSON.stringify(progress)), maxAgeSeconds)

export const readProgress = async <E extends Env>(c: Context<E>): Promise<Progress> => {
  const sealed = readCookie(c, cookieOf(c))
  const text =
    sealed === undefined ? undefined : await c.env.seal.open(purpose, sealed).catch(() => undefined)
  return text === undefined ? {} : (JSON.parse(text) as Progress)
}

export const forgetProgress = <E extends Env>(c: Context<E>): void => takeCookie(c, cookieOf(c))
