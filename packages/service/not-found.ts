import type { Context, Hono } from 'hono'
import { Problem, problemResponse } from './problem.ts'

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((segment) =>
        segment.startsWith(':') ? '[^/]+' : segment === '*' ? '.*' : segment.replaceAll('.', '\\.'),
      )
      .join('/')}$`,
  )

/** 405 with `Allow` where the path is known under another method, as the OpenAPI document implies; else 404. */
export const notFound = (app: Pick<Hono, 'routes'>) => {
  let patterns: { method: string; pattern: RegExp }[] | undefined
  return (c: Context): Response => {
    patterns ??= app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => ({ method, pattern: patternOf(path) }))
    const allowed = new Set(
      patterns.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method),
    )
    if (allowed.size === 0 || allowed.has(c.req.method))
      return problemResponse(new Problem('not-found', 'There is nothing at this address'))
    if (allowed.has('GET')) allowed.add('HEAD')
    const allow = [...allowed].sort().join(', ')
    return problemResponse(new Problem('method-not-allowed', 'Not with this method', { allow }))
  }
}
