import { createMiddleware } from 'hono/factory'
import { describes } from '../openapi/operation.ts'
import { Problem } from '../problem.ts'

/** `Origin` is what every browser tells of a form; `Sec-Fetch-Site` is heeded where it is told besides. */
export const isOwnForm = (headers: Headers, origin: string): boolean => {
  const site = headers.get('sec-fetch-site')
  return headers.get('origin') === origin && (site === null || site === 'same-origin')
}

/** What arrives with a cookie and changes something comes from a page of ours, or is refused. */
export const ownForm = <Bindings extends object>(originOf: (resources: Bindings) => string) =>
  describes(
    createMiddleware<{ Bindings: Bindings }>(async (c, next) => {
      if (!isOwnForm(c.req.raw.headers, originOf(c.env)))
        throw new Problem('forbidden', 'This form was not sent from a page of ours', {
          fields: { Origin: 'a page of ours' },
        })
      await next()
    }),
    { problems: ['forbidden'] },
  )
