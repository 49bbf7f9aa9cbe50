import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { describes } from '../../openapi/operation.ts'
import { refresh } from './ask-auth.ts'
import { askingOf, beginSignIn, clientOf, type PageEnv } from './begin.ts'
import { forget, keep, readKept } from './kept.ts'

/** Before its end, so that it is good for as long as the answer takes. */
const earlyMs = 30_000

const accessTokenOf = async <E extends PageEnv>(c: Context<E>): Promise<string | undefined> => {
  const client = clientOf(c)
  const kept = await readKept(c, client)
  const time = c.env.now()
  if (!kept || kept.until - earlyMs > time.getTime()) return kept?.access
  const tokens = await refresh(askingOf(c), kept.refresh)
  if (tokens) await keep(c, client, tokens, time)
  return tokens?.access
}

/** A form cannot be sent again by itself, so whoever sent one lands where he began. */
const wantedPath = <E extends PageEnv>(c: Context<E>): string => {
  const { pathname, search } = new URL(c.req.url)
  return c.req.method === 'GET' ? `${pathname}${search}` : clientOf(c).home
}

/** RFC 9470: the token is good, but the page wants its holder to prove himself anew. */
const stepUpOf = ({ headers }: Response): Record<string, string> | undefined => {
  const challenge = headers.get('www-authenticate') ?? ''
  if (!challenge.includes('error="insufficient_user_authentication"')) return undefined
  const [, acr] = /acr_values="([^"]+)"/.exec(challenge) ?? []
  const [, age] = /max_age="?(\d+)/.exec(challenge) ?? []
  return { ...(acr && { acr_values: acr }), ...(age && { max_age: age }) }
}

/**
 * Stands before `signedIn()` or `may(…)` on the line of a page: the token comes from the browser's cookie, and who has none, or
 * one that is good no more, signs in and comes back.
 */
export const signedInPage = () =>
  describes(
    createMiddleware<PageEnv & { Variables: { accessToken: string } }>(async (c, next) => {
      const token = await accessTokenOf(c)
      if (token === undefined) {
        forget(c, clientOf(c))
        return beginSignIn(c, wantedPath(c))
      }
      c.set('accessToken', token)
      await next()
      if (c.res.status !== 401) return
      // Asked for anew by all means: `auth` may hear a moment later than we that the session has ended.
      const wish = stepUpOf(c.res) ?? { prompt: 'login' }
      for (const name of ['content-type', 'www-authenticate']) c.res.headers.delete(name)
      const again = await beginSignIn(c, wantedPath(c), wish)
      c.res = undefined
      c.res = again
    }),
    { answers: { 303: null }, problems: ['unavailable'] },
  )
