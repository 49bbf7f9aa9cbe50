import { describes, Problem } from '@kontora/service'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'

/** What a browser says of itself in requests of scripts and forms, and no script can leave out. */
export const isBrowser = (c: Context): boolean =>
  c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined

/** Tokens in a page's hands are what scripts on it can take: applications in a browser come by `GET /v1/authorize`. */
export const notInBrowser = () =>
  describes(
    createMiddleware(async (c, next) => {
      if (isBrowser(c)) throw new Problem('forbidden', 'In a browser people sign in by GET /v1/authorize')
      await next()
    }),
    { problems: ['forbidden'] },
  )
