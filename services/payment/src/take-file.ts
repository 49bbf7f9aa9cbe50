import { describes, Problem } from '@kontora/service'
import type { MiddlewareHandler } from 'hono'

const types = /^(?:text\/(?:plain|csv)|application\/octet-stream)\s*(?:;|$)/i

/** The largest file that comes over HTTP: about 10 000 lines of a statement. Larger ones go by the command line. */
export const mostFileBytes = 16 * 1024 * 1024

/** The routes whose body is a file. */
export const filePaths = /^\/v1\/(?:statements|registries)\/?$/

/** The body is a file in whatever code page: read as bytes before anybody reads it as text. */
export const takeFile = (): MiddlewareHandler =>
  describes<MiddlewareHandler>(
    async (c, next) => {
      if (!types.test(c.req.header('content-type') ?? ''))
        throw new Problem('unsupported-media-type', 'Send the file itself', {
          fields: { 'content-type': 'text/plain, text/csv or application/octet-stream' },
        })
      await c.req.arrayBuffer()
      await next()
    },
    { problems: ['unsupported-media-type', 'invalid-input', 'too-large'] },
  )
