import { describes, type Operation } from '@kontora/service'
import type { MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import { Refusal } from './refuse.ts'

export const methods = ['GET', 'POST']

/** 413: a body or a message too large; 429: a limit of the user; 503: the log does not answer. Nothing of it was done then, but for 503. */
const refusals = Object.fromEntries(
  [400, 401, 403, 404, 413, 429, 500, 503].map((status) => [status, Refusal]),
)

/** An entry in the OpenAPI document, with the refusals that every call knows. */
export const call = (
  summary: string,
  answer: v.GenericSchema,
  body?: v.GenericSchema,
  { headers = {}, query }: { headers?: Record<string, string>; query?: v.GenericSchema } = {},
): MiddlewareHandler =>
  describes<MiddlewareHandler>((_c, next) => next(), {
    summary,
    answers: { ...refusals, 200: answer },
    input: { ...(body && { json: body }), ...(query && { query }) },
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, about]) => [name, { about, required: false }]),
    ),
    security: 'basic',
  } satisfies Operation)
