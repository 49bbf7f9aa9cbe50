import { describe, Problem } from '@kontora/service'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { type Env, known } from '../credentials/known.ts'
import { Refusal } from '../http/refuse.ts'
import type { Resources } from '../resources.ts'
import { groupLines } from './metrics.ts'
import { samples } from './prometheus.ts'

/** Every request, also one that is refused before it comes to its route. */
export const measure = createMiddleware<{ Bindings: Resources }>(async (c, next) => {
  const start = c.env.now().getTime()
  await next()
  const route = routePath(c, -1)
  c.env.metrics.request({ route, method: c.req.method, status: c.res.status }, c.env.now().getTime() - start)
  const reason = ({ 401: 'credentials', 403: 'rights', 429: 'limit' } as Record<number, string>)[c.res.status]
  if (reason) c.env.metrics.refused(reason)
})

const type = 'text/plain; version=0.0.4; charset=utf-8'

/** A log that is away costs the groups' lag, not the rest. */
export const metricsText = async ({ metrics, messages, queued }: Resources): Promise<string> => {
  const groups = await messages.groupStates().catch(() => undefined)
  const lines = [
    ...metrics.lines(),
    ...samples('kafka_http_produce_queue', 'gauge', 'Requests to write that wait for the log.', [
      [{}, queued()],
    ]),
    ...samples('kafka_http_log_up', 'gauge', 'Whether the log answers.', [[{}, groups ? 1 : 0]]),
    ...groupLines(groups ?? []),
  ]
  return `${lines.join('\n')}\n`
}

/** The names of all groups and topics are in it: for who may read everything. */
export const metrics = new Hono<Env>().get(
  '/metrics',
  describe('Metrics in Prometheus’ text format, for a user who may consume every topic', {
    200: type,
    401: Refusal,
    403: Refusal,
  }),
  known(),
  async (c) => {
    const { rights } = c.var.credential
    if (!rights.some(({ permission, topics }) => permission !== 'PRODUCE' && topics === '*'))
      throw new Problem('forbidden', 'The credential has no right to consume every topic')
    return c.text(await metricsText(c.env), 200, { 'content-type': type })
  },
)

/** On a port of its own, which only the operators' network reaches, there is nothing else and no password. */
export const metricsApp = new Hono<{ Bindings: Resources }>().get('/metrics', async (c) =>
  c.text(await metricsText(c.env), 200, { 'content-type': type }),
)
