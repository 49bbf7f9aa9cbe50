import type { MiddlewareHandler } from 'hono'
import { refuse } from './refuse.ts'

/** So many calls in each second of the clock, for the whole team; undefined is no limit and no headers. */
export const limitRate = (perSecond: number | undefined, now: () => Date): MiddlewareHandler => {
  let second = 0
  let calls = 0
  return async (c, next) => {
    if (!perSecond) return next()
    const current = Math.floor(now().getTime() / 1000)
    calls = current === second ? calls + 1 : 1
    second = current
    c.header('ratelimit-limit', String(perSecond))
    c.header('ratelimit-remaining', String(Math.max(0, perSecond - calls)))
    c.header('ratelimit-reset', '1')
    if (calls <= perSecond) return next()
    c.header('retry-after', '1')
    const message = `Too many requests. You can only make ${perSecond} requests per second.`
    return refuse(c, { statusCode: 429, name: 'rate_limit_exceeded', message })
  }
}
