import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Chance } from './chance.ts'
import type { Health } from './health.ts'
import type { Log } from './log.ts'
import { newTrace, parseTraceparent, withTrace } from './trace.ts'

type Env = { Bindings: { log: Log; health: Health } & Pick<Chance, 'now' | 'random'> }

const quiet = /^\/health\//

/** One line a request, in a trace of its own: one from outside is linked, never continued. The route's pattern, not its path. */
export const requestLog = (): MiddlewareHandler<Env> => async (c, next) => {
  const { log, now, random, health } = c.env
  const start = now().getTime()
  await withTrace(newTrace(random), async () => {
    await next()
    if (health.draining) c.header('connection', 'close')
    if (quiet.test(c.req.path)) return
    log.info('request', {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: now().getTime() - start,
      link: parseTraceparent(c.req.header('traceparent'))?.traceId,
    })
  })
}
