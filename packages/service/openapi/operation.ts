import type { MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import type { ProblemCode } from '../problem.ts'

/** What one middleware or handler adds to its route's entry in the OpenAPI document. */
export type Operation = {
  summary?: string
  /** Status → schema of the JSON body, `null` for none, a text for another content type. */
  answers?: Record<number, v.GenericSchema | string | null>
  problems?: readonly ProblemCode[]
  input?: { [target: string]: v.GenericSchema }
  headers?: Record<string, { about: string; required: boolean }>
  security?: 'bearer' | 'basic' | 'none'
  permission?: string
  /** A fresh one is asked of people. */
  secondProof?: boolean
}

const operation = Symbol('openapi')

type Described = { [operation]?: Operation }

/** Marks a middleware with what it means for the document. */
export const describes = <Handler extends object>(handler: Handler, entry: Operation): Handler =>
  Object.assign(handler, { [operation]: entry })

export const operationOf = (handler: object): Operation | undefined => (handler as Described)[operation]

/** First on a route's line: what it does, what it answers and how else it refuses. */
export const describe = (
  summary: string,
  answers: NonNullable<Operation['answers']>,
  problems: readonly ProblemCode[] = [],
): MiddlewareHandler => describes<MiddlewareHandler>((_c, next) => next(), { summary, answers, problems })
