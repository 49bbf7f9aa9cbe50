import type { MiddlewareHandler } from 'hono'
import { refuse } from './refuse.ts'

/** No User-Agent is refused by the edge in front of Resend, which does not speak its JSON. */
export const checkCaller =
  (key: string): MiddlewareHandler =>
  async (c, next) => {
    if (!c.req.header('user-agent')) return c.text('error code: 1010', 403)
    const given = c.req.header('authorization')
    if (!given?.startsWith('Bearer '))
      return refuse(c, {
        statusCode: 401,
        name: 'missing_api_key',
        message: 'Missing API key in the authorization header. Include "Authorization: Bearer YOUR_API_KEY".',
      })
    if (given !== `Bearer ${key}`)
      return refuse(c, { statusCode: 403, name: 'invalid_api_key', message: 'API key is invalid' })
    return next()
  }
