import { describes } from '@kontora/service'
import type { MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import { Refusal } from './refuse.ts'

export const methods = ['GET', 'POST']

/** An entry in the OpenAPI document, with the refusals that every call knows. */
export const call = (summary: string, answer: v.GenericSchema, body?: v.GenericSchema): MiddlewareHandler =>
  describes<MiddlewareHandler>((_c, next) => next(), {
    summary,
    answers: { 200: answer, 400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal },
    ...(body && { input: { json: body } }),
    security: 'basic',
  })
