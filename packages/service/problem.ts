import { type RateLimit, rateLimitHeaders } from './rate-limit.ts'

const status = {
  'invalid-input': 400,
  'not-signed-in': 401,
  'second-proof-needed': 401,
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

/**
 * `fields` names what is wrong and what is expected, never the value; `retryAfterSeconds` and `rateLimits` become headers;
 * `acrValues` and `maxAgeSeconds` are the challenge of a second proof (RFC 9470).
 */
export type ProblemDetails = {
  fields?: Record<string, string>
  retryAfterSeconds?: number
  rateLimits?: RateLimit[]
  allow?: string
  acrValues?: string
  maxAgeSeconds?: number
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

const bearerChallenge = ({ code, message, details: { acrValues, maxAgeSeconds } }: Problem): string =>
  code === 'second-proof-needed'
    ? `Bearer error="insufficient_user_authentication", error_description="${message}", acr_values="${acrValues}", max_age="${maxAgeSeconds}"`
    : 'Bearer'

const headersOf = (problem: Problem): Record<string, string> => {
  const { retryAfterSeconds, rateLimits = [], allow } = problem.details
  return {
    'content-type': 'application/problem+json',
    ...(status[problem.code] === 401 && { 'www-authenticate': bearerChallenge(problem) }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...rateLimitHeaders(rateLimits),
    ...(allow !== undefined && { allow }),
  }
}

/** RFC 9457: `type` is `/problems/<code>` and stable, `title` is for people. */
export const problemResponse = (problem: Problem): Response => {
  const { retryAfterSeconds: _, rateLimits: __, allow: ___, ...details } = problem.details
  return Response.json(
    { type: `/problems/${problem.code}`, title: problem.message, status: status[problem.code], ...details },
    { status: status[problem.code], headers: headersOf(problem) },
  )
}
