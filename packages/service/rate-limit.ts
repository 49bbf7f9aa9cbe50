/** What is left of one limit: `quota` in a window, `left` of it now, and after `resetSeconds` more. */
export type RateLimit = {
  name: string
  quota: number
  windowSeconds: number
  left: number
  resetSeconds: number
}

/** draft-ietf-httpapi-ratelimit-headers-09: lists of structured fields. */
export const rateLimitHeaders = (limits: RateLimit[]): Record<string, string> => {
  if (limits.length === 0) return {}
  const policies = limits.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
  const states = limits.map(({ name, left, resetSeconds }) => `"${name}";r=${left};t=${resetSeconds}`)
  return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') }
}
