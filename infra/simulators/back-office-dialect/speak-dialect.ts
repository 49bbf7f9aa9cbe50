import type { Context, Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Env } from '../frame/simulator.ts'
import { problem } from './problem.ts'

/** What Roback and Campaigns, two systems of one house, have in common: the key, the request's id, the problems. */
export const speakDialect = (app: Hono<Env>, key: string): void => {
  app.use('/api/*', async (c, next) => {
    c.header('x-request-id', c.req.header('x-request-id') ?? crypto.randomUUID())
    if (c.req.path === '/api/v1/health') return next()
    const given = c.req.header('authorization')?.replace(/^Bearer /, '') ?? c.req.header('x-api-key')
    if (given === key) return next()
    c.header('www-authenticate', 'Bearer')
    return problem(c, 401, given === undefined ? 'No key' : 'Wrong key')
  })
  app.notFound((c) => problem(c, 404, 'No such resource'))
}

/** `PUT /api/v1/clients/:clientId/documents/:documentId`, from the routes themselves. */
export const nameOperation = (c: Context): string | undefined => {
  const route = matchedRoutes(c).find(({ method }) => method !== 'ALL')
  return route && `${route.method} ${route.path}`
}
