import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Chance } from './chance.ts'
import type { Health } from './health.ts'
import type { Log } from './log.ts'
import { newTrace, parseTraceparent, withTrace } from './trace.ts'

type Env = { Bindings: { log: Log; health: Health } & Pick<Chance, 'now' | 'random'> }

const healthChecks = /^\/health\//

/**
 * One line a request, in a trace of its own: one from outside is linked, never continued. The route's pattern, not its path.
 * `quiet` paths are told only when they fail.
 */
export const requestLog =
  (quiet: RegExp = healthChecks): MiddlewareHandler<Env> =>
  async (c, next) => {
    const { log, now, random, health } = c.env
    const start = now().getTime()
    await withTrace(newTrace(random), async () => {
      await next()
      if (health.draining) c.header('connection', 'close')
      if (healthChecks.test(c.req.path) || (quiet.test(c.req.path) && c.res.ok)) return
      log.info('request', {
        method: c.req.method,
        route: routePath(c, -1),
        status: c.res.status,
        ms: now().getTime() - start,
        link: parseTraceparent(c.req.header('traceparent'))?.traceId,
      })
    })
  }
