import type { Sql } from '@kontora/postgres'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Chance } from './chance.ts'
import { type Health, HealthAnswer, readiness } from './health.ts'
import type { Log } from './log.ts'
import { notFound } from './not-found.ts'
import { onError } from './on-error.ts'
import { openApiDocument } from './openapi/document.ts'
import { describe } from './openapi/operation.ts'
import { Problem } from './problem.ts'
import { requestLog } from './request-log.ts'

/** What every service's Resources hold. */
export type BaseResources = Chance & {
  sql: Sql
  log: Log
  health: Health
  /** The address at the other end of the connection: the caller's, or that of a proxy before us. */
  peer?: string
}

const usualBytes = 1024 * 1024

const limitTo = (maxSize: number): MiddlewareHandler => {
  const onError = (): never => {
    throw new Problem('too-large', 'The body is too large', {
      fields: { body: `at most ${maxSize} bytes` },
    })
  }
  const count = bodyLimit({ maxSize, onError })
  return (c, next) => {
    // Hono looks at the body first, and that makes a stream of it.
    const { headers } = c.req.raw
    const announced = headers.get('content-length')
    if (announced === null || headers.has('transfer-encoding')) return count(c, next)
    return Number(announced) <= maxSize ? next() : onError()
  }
}

/** The limit may be a setting, and those come with the request. */
const limitBodies = <Resources>(
  mostBytes: (resources: Resources, path: string) => number,
): MiddlewareHandler => {
  const limits = new Map<number, MiddlewareHandler>()
  return (c, next) => {
    const most = mostBytes(c.env as Resources, c.req.path)
    const limit = limits.get(most) ?? limitTo(most)
    limits.set(most, limit)
    return limit(c, next)
  }
}

/** A service's app before its routes: errors, log, size of bodies, health, `/openapi.json`. */
export const createApp = <Resources extends BaseResources>({
  quiet,
  mostBytes = () => usualBytes,
  ...info
}: {
  title: string
  description: string
  /** Paths that are logged only when they fail: what is polled all day. */
  quiet?: RegExp
  /** The largest body, 1 MiB unless it is said. */
  mostBytes?: (resources: Resources, path: string) => number
}) => {
  const app = new Hono<{ Bindings: Resources }>()
  app.onError(onError as never)
  app.notFound(notFound(app as never))
  app.use(requestLog(quiet) as never)
  app.use(limitBodies(mostBytes))
  app.get('/health/live', describe('The process answers', { 200: HealthAnswer }), (c) =>
    c.json({ status: 'up' as const, degraded: [] }),
  )
  app.get(
    '/health/ready',
    describe('Ready for requests', { 200: HealthAnswer, 503: HealthAnswer }),
    async (c) => {
      const answer = await readiness(c.env as BaseResources)
      return c.json(answer, answer.status === 'down' ? 503 : 200)
    },
  )
  app.get('/openapi.json', describe('This document', { 200: 'application/json' }), (c) =>
    c.json(openApiDocument(app as never, { ...info, version: '1' })),
  )
  return app
}
