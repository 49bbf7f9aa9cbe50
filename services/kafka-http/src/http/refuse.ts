import { isConnectionLost, isLockTimeout } from '@kontora/postgres'
import { Problem, problemResponse } from '@kontora/service'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'

/** Upstash's body of every refusal, whatever the path. */
export const Refusal = v.object({ result: v.literal('Error'), error: v.string(), status: v.number() })
type Refusal = v.InferOutput<typeof Refusal>

const problemOf = (error: Error): Problem | undefined => {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException && error.status < 500)
    return new Problem('invalid-input', 'The request cannot be read')
  if (isConnectionLost(error) || isLockTimeout(error) || isDeadlock(error))
    return new Problem('unavailable', 'The log cannot be reached', { retryAfterSeconds: 1 })
  return undefined
}

const isDeadlock = (error: Error): boolean => 'code' in error && error.code === '40P01'

const textOf = ({ message, details }: Problem): string => {
  const fields = Object.entries(details.fields ?? {}).map(([name, wanted]) => `${name}: ${wanted}`)
  return fields.length > 0 ? `${message} (${fields.join('; ')})` : message
}

const answer = (problem: Problem): Response => {
  const { status, headers } = problemResponse(problem)
  const body: Refusal = { result: 'Error', error: textOf(problem), status }
  headers.set('content-type', 'application/json')
  if (status === 401) headers.set('www-authenticate', 'Basic realm="Kafka", charset="UTF-8"')
  return Response.json(body, { status, headers })
}

/** The client repeats whatever is refused, six times in 15 s, so a refusal never leaves anything half done. */
export const refuse = (error: Error, c: Context<{ Bindings: Resources }>): Response => {
  const problem = problemOf(error)
  if (!problem) c.env.log.error('request-failed', { method: c.req.method }, error)
  return answer(problem ?? new Problem('internal', 'Something went wrong'))
}

export const refuseUnknownPath = (): Response =>
  answer(new Problem('not-found', 'There is nothing at this address'))
