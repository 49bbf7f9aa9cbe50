import { type RateLimit, rateLimitHeaders } from './rate-limit.ts'

const status = {
  'invalid-input': 400,
  'not-signed-in': 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'in-progress': 409,
  gone: 410,
  'too-large': 413,
  'unsupported-media-type': 415,
  'key-reused': 422,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
} as const

export type ProblemCode = keyof typeof status

export const statusOf = (code: ProblemCode) => status[code]

/** `fields` names what is wrong and what is expected, never the value; `retryAfterSeconds` and `rateLimits` become headers. */
export type ProblemDetails = {
  fields?: Record<string, string>
  retryAfterSeconds?: number
  rateLimits?: RateLimit[]
  allow?: string
  [name: string]: unknown
}

/** A refusal that the caller can act on (RFC 9457). Anything else that is thrown is a bug and becomes a 500. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly details: ProblemDetails

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message)
    this.name = 'Problem'
    this.code = code
    this.details = details
  }
}

const headersOf = (
  code: ProblemCode,
  { retryAfterSeconds, rateLimits = [], allow }: ProblemDetails,
): Record<string, string> => ({
  'content-type': 'application/problem+json',
  ...(code === 'not-signed-in' && { 'www-authenticate': 'Bearer' }),
  ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  ...rateLimitHeaders(rateLimits),
  ...(allow !== undefined && { allow }),
})

/** RFC 9457: `type` is `/problems/<code>` and stable, `title` is for people. */
export const problemResponse = (problem: Problem): Response => {
  const { retryAfterSeconds: _, rateLimits: __, allow: ___, ...details } = problem.details
  return Response.json(
    { type: `/problems/${problem.code}`, title: problem.message, status: status[problem.code], ...details },
    { status: status[problem.code], headers: headersOf(problem.code, problem.details) },
  )
}
