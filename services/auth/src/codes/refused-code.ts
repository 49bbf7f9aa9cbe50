import { Problem, type RateLimit } from '@kontora/service'

/** One refusal for every reason. */
export const refusedCode = (rateLimits: RateLimit[] = []) =>
  new Problem('not-signed-in', 'This code is not valid', { rateLimits })

export const isRefusedCode = (error: unknown): error is Problem =>
  error instanceof Problem && error.code === 'not-signed-in' && error.details.rateLimits !== undefined

/** Not yet, or not today. */
export const refusedFor = (retryAfterSeconds: number, rateLimits: RateLimit[]) =>
  new Problem('too-many-requests', 'Too many codes were tried', { retryAfterSeconds, rateLimits })
