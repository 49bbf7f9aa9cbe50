import { isConnectionLost, isLockTimeout } from '@kontora/postgres'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Log } from './log.ts'
import { Problem, problemResponse } from './problem.ts'
import { currentTrace } from './trace.ts'

/** The caller went away in the middle of his body: nobody hears the answer, and it is no fault of ours. */
const isBrokenOff = (error: Error, request: Request): boolean =>
  error.name === 'AbortError' && request.signal.aborted

const refusalOf = (error: Error, request: Request): Problem | undefined => {
  if (error instanceof Problem) return error
  // Hono's own 400 for broken JSON; its text may repeat what came in.
  if ((error instanceof HTTPException && error.status < 500) || isBrokenOff(error, request))
    return new Problem('invalid-input', 'The body cannot be read', { fields: { body: 'well-formed' } })
  if (isConnectionLost(error))
    return new Problem('unavailable', 'The database cannot be reached', { retryAfterSeconds: 1 })
  if (isLockTimeout(error))
    return new Problem('in-progress', 'Another request is still at work on this', { retryAfterSeconds: 1 })
  return undefined
}

/** The one place where an error becomes an answer. */
export const onError = (error: Error, c: Context<{ Bindings: { log: Log } }>): Response => {
  const refusal = refusalOf(error, c.req.raw)
  if (refusal && refusal.code !== 'internal') return problemResponse(refusal)
  c.env.log.error('request-failed', { method: c.req.method }, error)
  return problemResponse(
    new Problem('internal', 'Something went wrong', { traceId: currentTrace()?.traceId }),
  )
}
