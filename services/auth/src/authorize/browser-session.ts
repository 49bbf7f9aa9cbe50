import { giveCookie, readCookie, takeCookie } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { Resources } from '../resources.ts'
import { liveSession } from '../sessions/live-session.ts'
import { type Session, sessionMs } from '../sessions/session.ts'

type Env = { Bindings: Resources }

const purpose = 'browser-session'
const cookieOf = <E extends Env>({ env }: Context<E>) => ({
  name: 'kontora-auth',
  isSecure: env.secureCookies,
})

/** By this another application of ours signs the same browser in without a new code, as long as the session lives. */
export const keepBrowserSession = async <E extends Env>(c: Context<E>, sessionId: string): Promise<void> =>
  giveCookie(c, cookieOf(c), await c.env.seal.close(purpose, sessionId), sessionMs / 1000)

export const endBrowserSession = <E extends Env>(c: Context<E>): void => takeCookie(c, cookieOf(c))

const sessionIdIn = async <E extends Env>(c: Context<E>): Promise<string | undefined> => {
  const sealed = readCookie(c, cookieOf(c))
  return sealed === undefined ? undefined : c.env.seal.open(purpose, sealed).catch(() => undefined)
}

export const browserSession = async <E extends Env>(c: Context<E>): Promise<Session | undefined> => {
  const sessionId = await sessionIdIn(c)
  return sessionId === undefined ? undefined : liveSession(c.env, sessionId)
}
